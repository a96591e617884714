namespace HeapDrift.Profiling.Proc;

/// <summary>
/// Where the .NET runtime of a process was loaded from, from <c>/proc/PID/maps</c> (proc_pid_maps(5)). A single-file, self-contained
/// program has the runtime linked into its executable and maps no library; its diagnostics socket still tells it.
/// </summary>
/// <param name="LibraryPath">Path of libcoreclr.so in the process's own mount namespace. Null where it is not mapped.</param>
internal sealed record CoreClrMapping(string? LibraryPath)
{
    private const string Library = "/libcoreclr.so";
    private const string SharedFramework = "/Microsoft.NETCore.App/";

    /// <summary>The kernel's mark of a file that was replaced while mapped, for example by an upgrade.</summary>
    private const string Deleted = " (deleted)";

    public bool IsMapped => LibraryPath is not null;

    /// <summary>Version of the shared framework, for example <c>10.0.12</c>. Null for a self-contained program.</summary>
    public string? RuntimeVersion
    {
        get
        {
            string directory = LibraryPath is null ? "" : LibraryPath[..^Library.Length];
            int framework = directory.LastIndexOf(SharedFramework, StringComparison.Ordinal);
            string version = framework < 0 ? "" : directory[(framework + SharedFramework.Length)..];
            return version.Length > 0 && !version.Contains('/', StringComparison.Ordinal) ? version : null;
        }
    }

    /// <summary>Lines that have no path (anonymous memory) or are cut short are skipped: absence is an answer here.</summary>
    public static CoreClrMapping Parse(string text)
    {
        foreach (Range range in text.AsSpan().Split('\n'))
        {
            ReadOnlySpan<char> line = text.AsSpan(range);

            // Address, permissions, offset, device and inode contain no slash; the path is the rest of the line, blanks included.
            int start = line.IndexOf('/');
            ReadOnlySpan<char> path = start < 0 ? [] : line[start..];
            path = path.EndsWith(Deleted, StringComparison.Ordinal) ? path[..^Deleted.Length] : path;
            if (path.EndsWith(Library, StringComparison.Ordinal))
            {
                return new(path.ToString());
            }
        }

        return new(LibraryPath: null);
    }
}
