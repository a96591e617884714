using System.Text;

namespace HeapDrift.Profiling.Proc;

/// <summary>
/// Reads one file of a kernel file system, whose length is only known once it was read. A failure that is neither absence nor a
/// missing permission (no more file descriptors, an I/O error) is an <see cref="IOException"/>: taken for absence, it would make a
/// living worker look dead.
/// </summary>
internal static class ProcFile
{
    // errno(3). .NET has no exception of its own for these two and puts the number into HResult.
    private const int NoSuchProcess = 3; // ESRCH: the process ended, or is a zombie, between open and read.
    private const int NoSuchDevice = 19; // ENODEV: the cgroup was removed between open and read.

    /// <summary>Reads a file that is small and only makes sense whole.</summary>
    /// <exception cref="InvalidDataException">The file is longer than <see cref="Limits.KernelFileBytes"/>.</exception>
    public static ProcReading<string> TryReadAll(string path) => TryRead(path, Limits.KernelFileBytes).Select(bytes =>
        bytes.Length <= Limits.KernelFileBytes
            ? Encoding.UTF8.GetString(bytes)
            : throw new InvalidDataException($"{path}: expected at most {Limits.KernelFileBytes} bytes"));

    /// <summary>Reads a list whose beginning is useful alone. A last entry that the bound cut is left out.</summary>
    public static ProcReading<string> TryReadEntries(string path, int mostBytes, char separator) => TryRead(path, mostBytes).Select(bytes =>
    {
        int end = bytes.Length > mostBytes ? bytes.AsSpan(0, mostBytes).LastIndexOf((byte)separator) + 1 : bytes.Length;
        return Encoding.UTF8.GetString(bytes, 0, end);
    });

    /// <summary>Reads the first bytes of a file of whatever length.</summary>
    public static ProcReading<byte[]> TryReadStart(string path, int bytes) => TryRead(path, bytes - 1);

    /// <summary>Reads a file that may be large, as it comes. What the reader throws beside an I/O failure passes through.</summary>
    public static ProcReading<T> TryRead<T>(string path, Func<Stream, T> read)
        where T : class
    {
        try
        {
            // Sharing everything spares the advisory lock that .NET takes otherwise.
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            return new(read(file));
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return new(ProcAbsence.Gone);
        }
        catch (UnauthorizedAccessException)
        {
            return new(ProcAbsence.NotPermitted);
        }
        catch (IOException error) when (error.HResult is NoSuchProcess or NoSuchDevice)
        {
            return new(ProcAbsence.Gone);
        }
    }

    /// <summary>One byte more than <paramref name="mostBytes"/> says that there was more.</summary>
    private static ProcReading<byte[]> TryRead(string path, int mostBytes) => TryRead(path, file => ReadUpTo(file, mostBytes + 1));

    private static byte[] ReadUpTo(Stream file, int mostBytes)
    {
        byte[] buffer = new byte[Math.Min(4096, mostBytes)];
        int length = 0;
        while (file.Read(buffer, length, buffer.Length - length) is int read and > 0)
        {
            length += read;
            if (length == mostBytes)
            {
                break;
            }

            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, Math.Min(2 * length, mostBytes));
            }
        }

        return buffer[..length];
    }
}
