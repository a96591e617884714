namespace HeapDrift.Collector.Engines.CopyOnWrite.Analysis;

/// <summary>Names of a worker's threads, <c>/proc/PID/task/TID/comm</c>: the first 15 bytes of what the program called them.</summary>
internal static class ThreadNames
{
    private const string MainThread = "main";

    public static IReadOnlyDictionary<int, string> Read(int pid, IEnumerable<int> threads)
    {
        var names = new Dictionary<int, string>();
        foreach (int thread in threads)
        {
            // The main thread has the name of the program, which would tell nothing.
            if ((thread == pid ? MainThread : TryRead(pid, thread)) is { } name)
            {
                names[thread] = name;
            }
        }

        return names;
    }

    private static string? TryRead(int pid, int thread)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/task/{thread}/comm").TrimEnd('\n');
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
