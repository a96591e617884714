using System.Globalization;

namespace HeapDrift.Collector.Discovery;

/// <summary>
/// Where a .NET process listens for diagnostics: <c>dotnet-diagnostic-{pid}-{start}-socket</c> in its temporary folder
/// (dotnet/runtime, docs/design/mono/diagnostics-tracing and dotnet/diagnostics, documentation/design-docs/ipc-protocol.md). Reached through
/// <c>/proc/PID/root</c>, so that a worker in another mount namespace is found too; its own pid counts there, not ours.
/// </summary>
internal static class DiagnosticSocket
{
    /// <summary>The newest socket of the process, or null when it has none that can be seen.</summary>
    /// <param name="pid">The process as seen from here.</param>
    /// <param name="innerPid">The process as it sees itself.</param>
    /// <param name="temporaryFolder">Its <c>TMPDIR</c>; null for the default.</param>
    public static string? Find(int pid, int innerPid, string? temporaryFolder)
    {
        string inside = string.IsNullOrEmpty(temporaryFolder) ? "/tmp" : temporaryFolder;
        string prefix = string.Create(CultureInfo.InvariantCulture, $"dotnet-diagnostic-{innerPid}-");

        // The plain path is shorter (a socket's path has 107 bytes at most) and works without permission to enter the process's root.
        string?[] folders = [inside, $"/proc/{pid}/root{inside}"];
        return folders.Select(folder => FindIn(folder!, prefix)).FirstOrDefault(found => found is not null);
    }

    private static string? FindIn(string folder, string prefix)
    {
        try
        {
            // The start is a number without leading zeros: the longer name is the later one.
            return Directory.EnumerateFiles(folder, prefix + "*-socket")
                .OrderBy(path => path.Length).ThenBy(path => path, StringComparer.Ordinal).LastOrDefault();
        }
        catch (Exception hidden) when (hidden is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
