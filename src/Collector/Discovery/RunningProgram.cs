using HeapDrift.Profiling.Proc;

namespace HeapDrift.Collector.Discovery;

/// <summary>Which program a process runs, by every name that it goes by; never an argument.</summary>
internal sealed record RunningProgram
{
    /// <summary>The kernel keeps 16 bytes with the NUL (<c>TASK_COMM_LEN</c>, proc_pid_comm(5)).</summary>
    private const int MostCommandCharacters = 15;

    /// <summary>HeapDrift's own executable, whoever started it.</summary>
    private const string OwnName = "heapdrift";

    /// <summary>The kernel's name for it, which a script gets too when it is started by its own path.</summary>
    public required string Command { get; init; }

    /// <summary>The first word of the command line without its folder, or the assembly that <c>dotnet</c> runs.</summary>
    public required string? Program { get; init; }

    /// <summary>What an interpreter runs.</summary>
    public required string? Script { get; init; }

    /// <summary>The file; null where it may not be seen.</summary>
    public required string? Executable { get; init; }

    public string Name => Script ?? Program ?? Command;

    /// <summary>The agent, a helper of it, or one that a worker's package started.</summary>
    public bool IsHeapDrift => Program == OwnName;

    /// <param name="proc">Where it is read.</param>
    /// <param name="pid">Of the process.</param>
    /// <param name="command">Its name in <c>status</c>.</param>
    public static RunningProgram Read(ProcFileSystem proc, int pid, string command) => new()
    {
        Command = command,
        Program = proc.TryReadEntryAssemblyName(pid),
        Script = proc.TryReadScriptName(pid),
        Executable = proc.TryReadExecutablePath(pid),
    };

    /// <summary>
    /// Whether a person would call it so: <c>gunicorn</c> is what <c>/usr/bin/python3 /usr/bin/gunicorn</c>, <c>python3 -m gunicorn</c> and
    /// <c>gunicorn: worker [shop]</c> are called.
    /// </summary>
    public bool IsCalled(string name) =>
        Program == name
        || Command == (name.Length > MostCommandCharacters ? name[..MostCommandCharacters] : name)
        || (Script is { } script && (script == name || Path.GetFileNameWithoutExtension(script) == name || script.Split('.')[0] == name));

    /// <summary>The same program file and the same script or assembly: what the workers of a pre-fork server have in common with their leader.</summary>
    public bool IsSameAs(RunningProgram other) =>
        Name == other.Name && (Executable is null || other.Executable is null || Executable == other.Executable);
}
