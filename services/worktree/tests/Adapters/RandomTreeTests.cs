using System.Globalization;
using System.Text;
using PvExec.Kernel.Configuration;
using PvExec.Testing;
using PvExec.Worktrees.Tests.Testing;

namespace PvExec.Worktrees.Tests.Adapters;

/// <summary>Trees that nobody thought of, made by a shell and compared by tools that share nothing with our code.</summary>
public sealed class RandomTreeTests
{
    [Theory]
    [InlineData(1, WorktreeMode.Directory)]
    [InlineData(2, WorktreeMode.Directory)]
    [InlineData(3, WorktreeMode.Auto)]
    [InlineData(4, WorktreeMode.Auto)]
    public async Task Any_tree_survives_saves_changes_and_loads(int seed, WorktreeMode mode)
    {
        using var rig = new Rig();
        var random = new Random(seed);
        await using Worktree worktree = await rig.StartAsync("one", "a", mode: mode);
        for (int round = 0; round < 2; round++)
        {
            RoundTripTests.Shell(rig.Scratch.At("a"), Script(random, 60));
            await Rig.SaveAsync(worktree);
            await using Worktree copy = await rig.StartAsync($"copy{round}", $"b{round}", source: "one", mode, state: $"state{round}");
            IReadOnlyList<string> differences = TreeComparer.Differences(rig.Scratch.At("a"), rig.Scratch.At($"b{round}"));
            Assert.True(differences.Count == 0, $"seed {seed}, round {round}:\n{string.Join('\n', differences)}");
        }
    }

    /// <summary>Bash: errors of single commands (a name that is a directory already) are part of the game.</summary>
    private static string Script(Random random, int steps)
    {
        var script = new StringBuilder("exec 2>/dev/null; shopt -s dotglob\n");
        var names = new List<string> { "." };
        for (int i = 0; i < steps; i++)
        {
            string name = $"{names[random.Next(names.Count)]}/{Name(random)}";
            string other = names[random.Next(names.Count)];
            string time = $"{random.Next(1950, 2100)}-0{random.Next(1, 10)}-1{random.Next(10)} 0{random.Next(10)}:11:12.{random.Next(1_000_000_000):D9}";
            script.AppendLine(CultureInfo.InvariantCulture, $"n=$(printf '{name}_'); n=${{n%_}}; o=$(printf '{other}_'); o=${{o%_}}");
            script.AppendLine(random.Next(12) switch
            {
                0 or 1 or 2 => Note(names, name, "mkdir -- \"$n\""),
                3 => $"head -c {random.Next(200_000)} /dev/urandom > \"$n\"",
                4 => $"printf '%0.sx' {{1..{random.Next(1, 2000)}}} > \"$n\"; setfattr -n user.a{random.Next(9)} -v '{random.Next()}' -- \"$n\"",
                5 => $"truncate -s {random.Next(1, 20_000_000)} -- \"$n\"; printf data | dd of=\"$n\" bs=1 seek={random.Next(1, 9_000_000)} conv=notrunc",
                6 => "f=$(find . -type f -print -quit); ln -- \"$f\" \"$n\"",
                7 => "ln -s -- \"$o\" \"$n\"",
                8 => "mkfifo -- \"$n\"",
                9 => $": > \"$n\"; chmod {Convert.ToString(random.Next(4096), 8)} -- \"$n\"",
                10 => other == "." ? ":" : $"mv -- \"$o\" \"$n\"",
                _ => $"rm -f -- \"$o\"; : > \"$n\"",
            });
            script.AppendLine(CultureInfo.InvariantCulture, $"touch -h -d '{time}' -- \"$n\"");
        }

        return script.AppendLine("true").ToString();
    }

    private static string Note(List<string> names, string name, string command)
    {
        names.Add(name);
        return command;
    }

    /// <summary>For printf: no byte but NUL and the slash is missing.</summary>
    private static string Name(Random random)
    {
        int length = random.Next(10) switch { 0 => 255, 1 => 100, _ => random.Next(1, 9) };
        var name = new StringBuilder("\\170");
        for (int i = 1; i < length; i++)
        {
            int letter = random.Next(1, 256);
            name.Append('\\').Append(Convert.ToString(letter == '/' ? '_' : letter, 8).PadLeft(3, '0'));
        }

        return name.ToString();
    }
}
