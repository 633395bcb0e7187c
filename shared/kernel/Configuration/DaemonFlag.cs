namespace PvExec.Kernel.Configuration;

/// <summary>One flag of <c>pv_exec daemon</c>, accepted as <c>-name</c> and <c>--name</c>.</summary>
/// <param name="Name">Without dashes.</param>
/// <param name="Argument">What stands behind it in the help text.</param>
/// <param name="Help">One line.</param>
/// <param name="Repeatable">Whether it may be given more than once; its variable then holds values separated by colons.</param>
/// <param name="Secret">Whether its value must never be printed nor passed on in an argument vector.</param>
/// <param name="Switch">Whether the flag alone means <c>true</c>.</param>
public sealed record DaemonFlag(string Name, string Argument, string Help, bool Repeatable = false, bool Secret = false, bool Switch = false)
{
    /// <summary>The variable that stands in when the flag is not given, such as <c>PV_EXEC_MOUNT_POINT</c>.</summary>
    public string Variable => "PV_EXEC_" + Name.ToUpperInvariant().Replace('-', '_');

    /// <summary>The words that give it that value: two, or one with '=' for a switch, and where the value could be taken for a flag.</summary>
    public IEnumerable<string> Words(string value) => Switch || value.StartsWith('-') ? [$"--{Name}={value}"] : ["--" + Name, value];
}
