using System.Buffers.Text;
using System.Globalization;

namespace HeapDrift.Profiling.Proc;

/// <summary>
/// Goes through the mappings of <c>/proc/PID/smaps</c> (proc_pid_smaps(5); written by <c>show_smap</c> in fs/proc/task_mmu.c): one line as
/// in maps, then some twenty of sizes, <c>VmFlags</c> last. A worker with 60,000 mappings has 40 MB of it, so that it is read as it comes,
/// in 64 KB of memory, without a string. For one caller at a time.
/// </summary>
internal sealed class SmapsReader(Stream file, string source)
{
    private const int BytesPerKilobyte = 1024;

    /// <summary>4 EiB, as in <see cref="KeyedLines"/>.</summary>
    private const long MostKilobytes = (1L << 52) - 1;

    private readonly byte[] _buffer = new byte[2 * Limits.SmapsLineBytes];
    private int _start;
    private int _end;
    private long _line;
    private int _mappings;
    private (ulong Start, ulong End, MappingBacking Backing, MappingTraits Traits)? _next;

    /// <summary>False after the last one.</summary>
    /// <exception cref="InvalidDataException">A line is not what the kernel writes, or a bound is exceeded.</exception>
    public bool TryRead(out SmapsMapping mapping)
    {
        mapping = default;
        if (_next is null && !TryReadFirstHeader())
        {
            return false;
        }

        var header = _next!.Value;
        _next = null;
        long? pss = null;
        MappingTraits flags = MappingTraits.None;
        while (TryReadLine(out ReadOnlySpan<byte> line))
        {
            if (IsHeader(line))
            {
                _next = ParseHeader(line);
                break;
            }

            if (line.StartsWith("Pss:"u8))
            {
                pss = ParseBytes(line["Pss:"u8.Length..]);
            }
            else if (line.StartsWith("VmFlags:"u8))
            {
                flags = ParseFlags(line["VmFlags:"u8.Length..]);
            }
        }

        mapping = new(header.Start, header.End, header.Backing, header.Traits | flags, pss ?? throw Malformed("expected Pss before"));
        return ++_mappings <= Limits.SmapsMappings ? true : throw Malformed($"expected at most {Limits.SmapsMappings} mappings before");
    }

    private bool TryReadFirstHeader()
    {
        if (!TryReadLine(out ReadOnlySpan<byte> line))
        {
            return false;
        }

        _next = ParseHeader(line);
        return true;
    }

    /// <summary>Addresses have small letters; every key begins with a capital one.</summary>
    private static bool IsHeader(ReadOnlySpan<byte> line) => line is [(>= (byte)'0' and <= (byte)'9') or (>= (byte)'a' and <= (byte)'f'), ..];

    private (ulong Start, ulong End, MappingBacking Backing, MappingTraits Traits) ParseHeader(ReadOnlySpan<byte> line)
    {
        // 7f0000000000-7f0000010000 rw-p 00000000 00:00 0                          /path
        if (Utf8Parser.TryParse(line, out ulong start, out int used, 'x') && line[used..] is [(byte)'-', .. var rest]
            && Utf8Parser.TryParse(rest, out ulong end, out used, 'x') && rest[used..] is [(byte)' ', var r, var w, var x, var s, (byte)' ', .. var place]
            && start <= end)
        {
            MappingTraits traits =
                (r == 'r' ? MappingTraits.Readable : 0) | (w == 'w' ? MappingTraits.Writable : 0)
                | (x == 'x' ? MappingTraits.Executable : 0) | (s == 's' ? MappingTraits.Shared : 0);
            return (start, end, BackingOf(SkipFields(place, 3)), traits);
        }

        throw Malformed("expected start-end permissions offset device inode in");
    }

    private static ReadOnlySpan<byte> SkipFields(ReadOnlySpan<byte> text, int fields)
    {
        for (; fields > 0; fields--)
        {
            int blank = text.IndexOf((byte)' ');
            text = blank < 0 ? [] : text[blank..].TrimStart((byte)' ');
        }

        return text;
    }

    private static MappingBacking BackingOf(ReadOnlySpan<byte> name) => name switch
    {
        [] => MappingBacking.Anonymous,
        _ when name.StartsWith("[anon:"u8) => MappingBacking.Anonymous,
        _ when name.StartsWith("[heap]"u8) => MappingBacking.Heap,
        _ when name.StartsWith("[stack"u8) => MappingBacking.Stack,
        _ when name.StartsWith("/memfd:doublemapper"u8) => MappingBacking.DoubleMapper,
        _ when name.StartsWith("/memfd:"u8) || name.StartsWith("/dev/shm/"u8) || name.StartsWith("/SYSV"u8)
            || name.StartsWith("/dev/zero"u8) || name.StartsWith("[anon_shmem:"u8) => MappingBacking.SharedMemory,
        [(byte)'[', ..] => MappingBacking.Kernel,
        _ when name.EndsWith("/libcoreclr.so"u8) || name.EndsWith("/libcoreclr.so (deleted)"u8) => MappingBacking.Runtime,
        _ => MappingBacking.File,
    };

    private long ParseBytes(ReadOnlySpan<byte> text)
    {
        text = text.TrimStart((byte)' ');
        return Utf8Parser.TryParse(text, out long kilobytes, out int used) && text[used..].SequenceEqual(" kB"u8) && kilobytes is >= 0 and <= MostKilobytes
            ? kilobytes * BytesPerKilobyte
            : throw Malformed("expected a number of kB in");
    }

    private static MappingTraits ParseFlags(ReadOnlySpan<byte> text)
    {
        MappingTraits traits = MappingTraits.None;
        foreach (Range range in text.Split((byte)' '))
        {
            ReadOnlySpan<byte> flag = text[range];
            traits |= flag.SequenceEqual("dd"u8) ? MappingTraits.NotDumped
                : flag.SequenceEqual("nr"u8) ? MappingTraits.NotReserved
                : MappingTraits.None;
        }

        return traits;
    }

    /// <summary>Valid until the next call.</summary>
    private bool TryReadLine(out ReadOnlySpan<byte> line)
    {
        int searched = 0;
        while (true)
        {
            int length = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (length >= 0)
            {
                line = _buffer.AsSpan(_start, searched + length);
                _start += searched + length + 1;
                _line++;
                return true;
            }

            searched = _end - _start;
            if (searched > Limits.SmapsLineBytes)
            {
                throw Malformed($"expected lines of at most {Limits.SmapsLineBytes} bytes after");
            }

            if (!TryFill())
            {
                // A line without its end was cut; the kernel ends every one.
                line = default;
                return searched == 0 ? false : throw Malformed("expected the end of the line after");
            }
        }
    }

    private bool TryFill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        int read = file.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        return read > 0;
    }

    private InvalidDataException Malformed(string expectation) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{source}: {expectation} line {_line}"));
}
