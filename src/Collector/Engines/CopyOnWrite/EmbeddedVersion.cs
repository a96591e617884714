using System.Text;
using HeapDrift.Profiling;

namespace HeapDrift.Collector.Engines.CopyOnWrite;

/// <summary>
/// The version that the build of dotnet/runtime puts into every native library (eng/native/version: <c>sccsid</c>), commit included:
/// equal in a runtime and the DAC that was built with it.
/// </summary>
internal static class EmbeddedVersion
{
    private const int ChunkBytes = 1 << 20;

    /// <summary>The longest seen has 80; what is longer was not written by a build.</summary>
    private const int MostBytes = 256;

    private static ReadOnlySpan<byte> Mark => "@(#)Version "u8;

    /// <summary>For example <c>10.0.1226.42308 @Commit: 95017c7…</c>. Null where the file has none. Reads 10 MB in some milliseconds.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static string? TryRead(string path)
    {
        using FileStream file = File.OpenRead(path);
        byte[] buffer = new byte[ChunkBytes];
        int kept = 0;
        long left = Limits.NativeLibraryBytes;
        bool isEnd = false;
        while (left > 0 && !isEnd)
        {
            int read = file.ReadAtLeast(buffer.AsSpan(kept), buffer.Length - kept, throwOnEndOfStream: false);
            left -= read;
            Span<byte> seen = buffer.AsSpan(0, kept + read);
            isEnd = seen.Length < buffer.Length;
            int start = seen.IndexOf(Mark);
            if (start >= 0 && (isEnd || seen.Length - start >= MostBytes))
            {
                return Text(seen[(start + Mark.Length)..]);
            }

            // The mark, or its end, may lie across the border of two chunks.
            kept = Math.Min(seen.Length, MostBytes);
            seen[^kept..].CopyTo(buffer);
        }

        return null;
    }

    private static string? Text(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> longest = bytes[..Math.Min(bytes.Length, MostBytes - Mark.Length)];
        int end = longest.IndexOf((byte)0);
        return end > 0 ? Encoding.ASCII.GetString(longest[..end]).Trim() : null;
    }
}
