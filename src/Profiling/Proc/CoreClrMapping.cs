using System.Globalization;

namespace HeapDrift.Profiling.Proc;

/// <summary>
/// Where the .NET runtime of a process was loaded from, from <c>/proc/PID/maps</c> (proc_pid_maps(5)). A single-file, self-contained
/// program has the runtime linked into its executable and maps no library; its diagnostics socket still tells it.
/// </summary>
/// <param name="LibraryPath">Path of libcoreclr.so in the process's own mount namespace. Null where it is not mapped.</param>
internal sealed record CoreClrMapping(string? LibraryPath)
{
    /// <summary>Address, permissions, offset, device, inode.</summary>
    private const int FieldsBeforePath = 5;

    private const string Library = "/libcoreclr.so";
    private const string SharedFramework = "/Microsoft.NETCore.App/";

    /// <summary>The kernel's mark of a file that was replaced while mapped, for example by an upgrade.</summary>
    private const string Deleted = " (deleted)";

    /// <summary>The file was removed or replaced after it had been mapped: what the path leads to now is another one.</summary>
    public bool IsDeleted { get; init; }

    /// <summary>
    /// Device and inode of the mapped file. Some file systems (btrfs, overlayfs of older kernels) show another device here than stat(2)
    /// does; inodes compare only where devices are equal. Null where the line has none.
    /// </summary>
    public FileId? File { get; init; }

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
            bool isDeleted = path.EndsWith(Deleted, StringComparison.Ordinal);
            path = isDeleted ? path[..^Deleted.Length] : path;
            if (path.EndsWith(Library, StringComparison.Ordinal))
            {
                return new(path.ToString()) { IsDeleted = isDeleted, File = ParseFile(line[..start].ToString()) };
            }
        }

        return new(LibraryPath: null);
    }

    private static FileId? ParseFile(string fields) =>
        fields.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [.., string device, string inode] words
        && words.Length == FieldsBeforePath
        && device.Split(':') is [string major, string minor]
        && uint.TryParse(major, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint deviceMajor)
        && uint.TryParse(minor, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint deviceMinor)
        && ulong.TryParse(inode, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)
            ? new(deviceMajor, deviceMinor, number)
            : null;
}

/// <summary>What names a file as long as it exists, under whatever path.</summary>
internal readonly record struct FileId(uint DeviceMajor, uint DeviceMinor, ulong Inode)
{
    public bool IsOnSameDevice(FileId other) => DeviceMajor == other.DeviceMajor && DeviceMinor == other.DeviceMinor;
}
