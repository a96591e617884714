using System.Globalization;

namespace HeapDrift.Collector.Discovery;

/// <summary>
/// Where a .NET process listens for diagnostics: <c>dotnet-diagnostic-{pid}-{start}-socket</c> in its temporary folder
/// (dotnet/runtime, docs/design/mono/diagnostics-tracing and dotnet/diagnostics, documentation/design-docs/ipc-protocol.md). Reached through
/// <c>/proc/PID/root</c>, so that a worker in another mount namespace is found too; its own pid counts there, not ours.
/// </summary>
internal static class DiagnosticSocket
{
    /// <summary>The kernel tells when it was booted to the second, and the clock may have been set since.</summary>
    private static readonly TimeSpan ClockSlack = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The socket of this very process, or null when it cannot be seen. Costs two look-ups, however many sockets lie there, and is not
    /// taken in by one that an earlier process with this pid left behind.
    /// </summary>
    /// <param name="pid">The process as seen from here.</param>
    /// <param name="innerPid">The process as it sees itself.</param>
    /// <param name="startTimeTicks">When it was started: the number that the runtime puts into the name.</param>
    /// <param name="temporaryFolder">Its <c>TMPDIR</c>; null for the default.</param>
    public static string? FindOwn(int pid, int innerPid, long startTimeTicks, string? temporaryFolder)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"dotnet-diagnostic-{innerPid}-{startTimeTicks}-socket");
        return Folders(pid, temporaryFolder).Select(folder => Path.Join(folder, name)).FirstOrDefault(File.Exists);
    }

    /// <summary>
    /// The newest socket with the pid of the process, or null. For a process that is known to run .NET and whose clock is another one, as
    /// in a time namespace (time_namespaces(7)), so that <see cref="FindOwn"/> misses it. Goes through the folder.
    /// </summary>
    /// <param name="pid">The process as seen from here.</param>
    /// <param name="innerPid">The process as it sees itself.</param>
    /// <param name="temporaryFolder">Its <c>TMPDIR</c>; null for the default.</param>
    /// <param name="startedAt">An older socket is one that an earlier process with this pid left behind. Null where it is not known.</param>
    public static string? FindNewest(int pid, int innerPid, string? temporaryFolder, DateTimeOffset? startedAt)
    {
        string prefix = string.Create(CultureInfo.InvariantCulture, $"dotnet-diagnostic-{innerPid}-");
        DateTimeOffset oldest = startedAt is { } at ? at - ClockSlack : DateTimeOffset.MinValue;
        return Folders(pid, temporaryFolder).Select(folder => FindIn(folder, prefix, oldest)).FirstOrDefault(found => found is not null);
    }

    /// <summary>The plain path is shorter (a socket's path has 107 bytes at most) and works without permission to enter the process's root.</summary>
    private static string[] Folders(int pid, string? temporaryFolder)
    {
        string inside = string.IsNullOrEmpty(temporaryFolder) ? "/tmp" : temporaryFolder;
        return [inside, $"/proc/{pid}/root{inside}"];
    }

    private static string? FindIn(string folder, string prefix, DateTimeOffset oldest)
    {
        try
        {
            // The start is a number without leading zeros: the longer name is the later one.
            return Directory.EnumerateFiles(folder, prefix + "*-socket").Where(path => File.GetLastWriteTimeUtc(path) >= oldest)
                .OrderBy(path => path.Length).ThenBy(path => path, StringComparer.Ordinal).LastOrDefault();
        }
        catch (Exception hidden) when (hidden is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
