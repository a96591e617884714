using System.Globalization;

namespace HeapDrift.Profiling.Proc;

/// <summary>
/// The one field of <c>/proc/PID/stat</c> that status lacks (proc_pid_stat(5); written by <c>do_task_stat</c> in fs/proc/array.c): a pid
/// together with its start time names a process for good, a pid alone may have been given to another one meanwhile.
/// </summary>
/// <param name="StartTimeTicks">Clock ticks since boot, of which there are <c>sysconf(_SC_CLK_TCK)</c> a second, usually 100.</param>
internal readonly record struct ProcessStat(long StartTimeTicks)
{
    private const int StartTimeField = 22;

    /// <summary>The name, field 2, is closed by the last parenthesis of the file; the manual counts fields from 1.</summary>
    private const int FirstFieldAfterName = 3;

    /// <exception cref="InvalidDataException">Field 22 is missing or not a number.</exception>
    public static ProcessStat Parse(string text, string source)
    {
        // The name is not escaped and may contain blanks, line feeds and parentheses; no later field contains a parenthesis.
        int nameEnd = text.LastIndexOf(')');
        string[] fields = nameEnd < 0 ? [] : text[(nameEnd + 1)..].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        const int Index = StartTimeField - FirstFieldAfterName;
        return fields.Length > Index && long.TryParse(fields[Index], NumberStyles.None, CultureInfo.InvariantCulture, out long ticks)
            ? new(ticks)
            : throw new InvalidDataException($"{source}, line 1: expected the start time in clock ticks as field {StartTimeField}");
    }
}
