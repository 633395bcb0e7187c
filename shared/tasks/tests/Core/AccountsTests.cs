using PvExec.Kernel;
using PvExec.Tasks.Core;

namespace PvExec.Tasks.Tests.Core;

public sealed class AccountsTests
{
    private readonly Accounts _accounts = Accounts.Parse(
        "root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1001::/home/node:\n\n# a comment\n+nis::::::\n77:x:9:9::/:\n",
        "root:x:0:\nnode:x:1001:\nstaff:x:50:node,other\nwheel:x:10:other, node\nbuild:x:60:other,node\nbroken\n");

    [Theory]
    [InlineData("node", 1000u, 1001u, "50,60")]
    [InlineData("root", 0u, 0u, "")]
    [InlineData("1000", 1000u, 1001u, "50,60")]
    [InlineData("77", 9u, 9u, "")]
    [InlineData("node:staff", 1000u, 50u, "")]
    [InlineData("node:1234", 1000u, 1234u, "")]
    [InlineData("4242:4343", 4242u, 4343u, "")]
    [InlineData("77:0", 9u, 0u, "")]
    public void A_user_is_found_by_name_or_number(string text, uint uid, uint gid, string groups)
    {
        TaskUser user = _accounts.Find(text).Value;

        Assert.Equal((text, uid, gid, groups), (user.Text, user.Uid, user.Gid, string.Join(',', user.Groups)));
    }

    [Theory]
    [InlineData("nobody", "no user 'nobody' is in /etc/passwd")]
    [InlineData("4242", "write uid:gid")]
    [InlineData("nobody:staff", "no user 'nobody'")]
    [InlineData("node:nogroup", "no group 'nogroup' is in /etc/group")]
    [InlineData("4294967295:0", "no user")]
    [InlineData("-1:0", "no user")]
    [InlineData("node:", "write name, name:group or uid:gid")]
    [InlineData(":staff", "write name, name:group or uid:gid")]
    [InlineData("a:b:c", "write name, name:group or uid:gid")]
    public void Anyone_else_is_refused_with_what_to_do(string text, string reason)
    {
        Assert.False(_accounts.Find(text).Succeeded(out Fault? fault));
        Assert.Contains(reason, fault.Detail, StringComparison.Ordinal);
    }
}
