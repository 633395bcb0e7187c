namespace PvExec.Tasks.Core;

public enum ProgramState
{
    /// <summary>execve(2) takes it as it is: it has a <c>#!</c> line or is a compiled program.</summary>
    Program,

    /// <summary>Executable text without a <c>#!</c> line.</summary>
    Script,

    /// <summary>A directory, a socket or the like.</summary>
    NotAFile,

    NotExecutable,

    Unreadable,
}
