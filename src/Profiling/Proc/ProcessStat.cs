using System.Globalization;

namespace HeapDrift.Profiling.Proc;

/// <summary>
/// The fields of <c>/proc/PID/stat</c> that status lacks (proc_pid_stat(5); written by <c>do_task_stat</c> in fs/proc/array.c): a pid
/// together with its start time names a process for good, a pid alone may have been given to another one meanwhile.
/// </summary>
/// <param name="StartTimeTicks">Clock ticks since boot, of which there are <c>sysconf(_SC_CLK_TCK)</c> a second, usually 100.</param>
/// <param name="VirtualBytes">
/// Its address space: another one after every exec, and much larger once a .NET runtime is loaded. Null where the line ends before.
/// </param>
/// <param name="ExitSignal">
/// What its parent gets when it ends: SIGCHLD (17) after fork and after every exec; 0 after a clone that asked for none. Null where the line
/// ends before.
/// </param>
internal readonly record struct ProcessStat(long StartTimeTicks, ulong? VirtualBytes, int? ExitSignal)
{
    private const int StartTimeField = 22;
    private const int VirtualBytesField = 23;
    private const int ExitSignalField = 38;

    /// <summary>The name, field 2, is closed by the last parenthesis of the file; the manual counts fields from 1.</summary>
    private const int FirstFieldAfterName = 3;

    /// <summary>
    /// Made by clone without a signal, and never ran a program of its own: a frozen copy of a worker is made like this, and hardly anything
    /// else, since every way to start a program asks for SIGCHLD.
    /// </summary>
    public bool IsSilentCopy => ExitSignal == 0;

    /// <exception cref="InvalidDataException">Field 22 is missing or not a number.</exception>
    public static ProcessStat Parse(string text, string source)
    {
        // The name is not escaped and may contain blanks, line feeds and parentheses; no later field contains a parenthesis.
        int nameEnd = text.LastIndexOf(')');
        string[] fields = nameEnd < 0 ? [] : text[(nameEnd + 1)..].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        const int Start = StartTimeField - FirstFieldAfterName;
        const int Signal = ExitSignalField - FirstFieldAfterName;
        const int Size = VirtualBytesField - FirstFieldAfterName;
        ulong? bytes = fields.Length > Size && ulong.TryParse(fields[Size], NumberStyles.None, CultureInfo.InvariantCulture, out ulong size) ? size : null;
        int? signal = fields.Length > Signal && int.TryParse(fields[Signal], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? number : null;
        return fields.Length > Start && long.TryParse(fields[Start], NumberStyles.None, CultureInfo.InvariantCulture, out long ticks)
            ? new(ticks, bytes, signal)
            : throw new InvalidDataException($"{source}, line 1: expected the start time in clock ticks as field {StartTimeField}");
    }
}
