using PvExec.IntegrationTests.Rig;

namespace PvExec.IntegrationTests.Exec;

/// <summary>A set of tasks as users of the original write them, with all that lies about in such directories.</summary>
internal static class ExistingTasks
{
    /// <summary>Path, mode and content, below a config root.</summary>
    private static readonly (string Path, string Mode, string Content)[] s_files =
    [
        // Node, with a module of its own, and scope files of which one has no newline at its end.
        ("app/page_title/run", "755", """
            #!/usr/bin/env node
            const { titleOf } = require('./lib/title');
            let html = '';
            process.stdin.setEncoding('utf8').on('data', part => { html += part; }).on('end', () => {
              process.stdout.write(JSON.stringify({ title: titleOf(html), app: process.env.APP, cwd: process.cwd() }));
            });

            """),
        ("app/page_title/lib/title.js", "644", "exports.titleOf = html => (/<title>([^<]*)/.exec(html) || [])[1] || null;\n"),
        ("app/page_title/package.json", "644", "{ \"name\": \"page-title\", \"private\": true }\n"),
        ("app/page_title/input_scopes", "644", "src\ndep"),
        ("app/page_title/README", "644", "Prints the title of a page.\n"),
        ("app/page_title/.editor/state", "600", "x"),

        // Without a first line that names an interpreter, and lines that end as on Windows in its scope file.
        ("app/count_lines/run", "755", "lines=(); while read -r line; do lines+=(\"$line\"); done; echo ${#lines[@]}\n"),
        ("app/count_lines/output_scopes", "644", "src/pages\r\n\r\ndep\r\n"),
        ("app/count_lines/env", "644", "a file of its own, whatever it is called\n"),

        // Scripts that lean on a file of the directory above.
        ("app/common.sh", "644", "say() { printf '%s: %s\\n' \"$1\" \"${GREETING:-none}\"; }\n"),
        ("app/greet/run", "755", "#!/bin/sh\n. ../common.sh\nsay \"$NAME\"\n"),
        ("app/greet_again/run", "link", "../greet/run"),

        // A filter, and one that is switched off by its mode.
        ("report/run", "755", "#!/usr/bin/perl\nuse strict; my $n = 0; while (<STDIN>) { $n++; print \"$n:$_\"; } print STDERR \"read $n\\n\"; exit 3 if $ENV{FAIL};\n"),
        ("report/log", "755", "#!/usr/bin/env python3\nimport sys\nfor line in sys.stdin:\n    sys.stdout.write(line.upper())\n"),
        ("report_plain/run", "link", "../report/run"),
        ("report_plain/log", "644", "#!/bin/sh\nexec tr a-z A-Z\n"),

        // Bytes, which are no text.
        ("bytes/turn/run", "755", "#!/usr/bin/python3\nimport sys\nsys.stdout.buffer.write(sys.stdin.buffer.read()[::-1])\n"),
        ("bytes/all/run", "755", "#!/usr/bin/env bash\nfor i in {0..255}; do printf \"\\\\x$(printf %x $i)\"; done\n"),
        ("bytes/digest/run", "755", "#!/bin/sh\nsha256sum | cut -d' ' -f1\n"),
        ("bytes/deaf/run", "755", "#!/bin/sh\necho heard nothing\n"),

        // What cannot run.
        ("broken/no_mode/run", "644", "#!/bin/sh\necho never\n"),
        ("broken/empty/README", "644", "to be written\n"),
        ("broken/no_interpreter/run", "755", "#!/opt/none/ruby\n"),
    ];

    public static async Task AddAsync(TestContainer daemon)
    {
        foreach ((string path, string mode, string content) in s_files)
        {
            string file = $"{Paths.OwnTasks}/{path}";
            if (mode == "link")
            {
                _ = (await daemon.ShellAsync("mkdir -p \"$(dirname \"$1\")\" && ln -sfn \"$2\" \"$1\"", file, content)).Text;
            }
            else
            {
                await daemon.WriteAsync(file, content, mode);
            }
        }
    }
}
