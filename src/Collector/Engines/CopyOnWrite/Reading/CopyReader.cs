using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HeapDrift.Collector.Engines.CopyOnWrite.Freezing;
using Microsoft.Diagnostics.Runtime;

namespace HeapDrift.Collector.Engines.CopyOnWrite.Reading;

/// <summary>
/// Shows the frozen copy to ClrMD: its memory, the one module that it needs (the runtime itself), and the registers that the worker's
/// threads had when they were stopped. Pages are kept once read: the DAC asks for a few bytes at a time, and the copy does not change.
/// </summary>
internal sealed class CopyReader(CopyMemory memory, int pid, ulong runtimeBase, string runtimePath, IReadOnlyDictionary<int, ThreadRegisters> threads)
    : IDataReader
{
    private const int PageBits = 12;
    private const int PageBytes = 1 << PageBits;

    /// <summary>16 MB of pages; types, methods and stacks of a large service need about half.</summary>
    private const int MostPages = 4096;

    private readonly ConcurrentDictionary<ulong, byte[]> _pages = new();
    private List<ulong>? _recorded;
    private (ulong Address, int Value)? _corrected;

    public string DisplayName => $"copy of process {pid}";

    public bool IsThreadSafe => true;

    public OSPlatform TargetPlatform => OSPlatform.Linux;

    public Architecture Architecture => Architecture.X64;

    public int ProcessId => pid;

    public int PointerSize => sizeof(ulong);

    public IEnumerable<ModuleInfo> EnumerateModules() =>
        ModuleInfo.TryCreate(this, runtimeBase, runtimePath, new DataTargetLimits()) is { } runtime ? [runtime] : [];

    public bool GetThreadContext(uint threadID, uint contextFlags, Span<byte> context)
    {
        if (!threads.TryGetValue((int)threadID, out ThreadRegisters registers))
        {
            return false;
        }

        ThreadContext.Write(registers, context);
        return true;
    }

    public void FlushCachedData()
    {
        // The copy never changes.
    }

    /// <summary>Notes from where numbers of four bytes are read while something is done. For one thread at a time.</summary>
    public IReadOnlyList<ulong> Record(Action read)
    {
        List<ulong> recorded = _recorded = [];
        try
        {
            read();
        }
        finally
        {
            _recorded = null;
        }

        return recorded;
    }

    /// <summary>Shows another number than lies in a place while something is done. For one thread at a time.</summary>
    public void Correct(ulong address, int value, Action read)
    {
        _corrected = (address, value);
        try
        {
            read();
        }
        finally
        {
            _corrected = null;
        }
    }

    public int Read(ulong address, Span<byte> buffer)
    {
        if (buffer.Length == sizeof(int))
        {
            _recorded?.Add(address);
            if (_corrected is { } correction && correction.Address == address)
            {
                MemoryMarshal.Write(buffer, correction.Value);
                return buffer.Length;
            }
        }

        int read = 0;
        while (read < buffer.Length)
        {
            ulong at = address + (ulong)read;
            int offset = (int)(at & (PageBytes - 1));
            byte[] page = PageAt(at >> PageBits);
            int piece = Math.Min(buffer.Length - read, page.Length - offset);
            if (piece <= 0)
            {
                break;
            }

            page.AsSpan(offset, piece).CopyTo(buffer[read..]);
            read += piece;
        }

        return read;
    }

    public bool Read<T>(ulong address, out T value)
        where T : unmanaged
    {
        value = default;
        return Read(address, MemoryMarshal.AsBytes(new Span<T>(ref value))) == Unsafe.SizeOf<T>();
    }

    public T Read<T>(ulong address)
        where T : unmanaged => Read(address, out T value) ? value : default;

    public bool ReadPointer(ulong address, out ulong value) => Read(address, out value);

    public ulong ReadPointer(ulong address) => Read<ulong>(address);

    private byte[] PageAt(ulong number)
    {
        if (_pages.TryGetValue(number, out byte[]? page))
        {
            return page;
        }

        if (_pages.Count >= MostPages)
        {
            _pages.Clear();
        }

        page = new byte[PageBytes];
        int read = memory.Read(number << PageBits, page);
        return _pages[number] = read == PageBytes ? page : page[..read];
    }
}
