using HeapDrift.Profiling.Marking;
using Microsoft.Win32.SafeHandles;

namespace HeapDrift.Collector.Engines.CopyOnWrite.Reading;

/// <summary>
/// The memory of the frozen copy, by <c>/proc/PID/mem</c>. Not by process_vm_readv(2): that pins the pages that it reads, and the kernel gives a
/// page that is shared after a fork its own copy before it pins it (<c>gup_must_unshare</c> in mm/internal.h), so that the worker's control
/// group would pay for the whole heap a second time, and each page would cost ten times as much as here. The permission was checked when
/// the file was opened: it stays readable once the privileges that the freezing took are given up. Thread-safe.
/// </summary>
internal sealed class CopyMemory(int pid) : IHeapMemory, IDisposable
{
    private readonly SafeFileHandle _file = File.OpenHandle($"/proc/{pid}/mem");

    public int Read(ulong address, Span<byte> into)
    {
        int read = 0;
        while (read < into.Length)
        {
            int got = ReadOnce(address + (ulong)read, into[read..]);
            if (got <= 0)
            {
                break;
            }

            read += got;
        }

        return read;
    }

    public void Dispose() => _file.Dispose();

    private int ReadOnce(ulong address, Span<byte> into)
    {
        try
        {
            return address > long.MaxValue ? 0 : RandomAccess.Read(_file, into, (long)address);
        }
        catch (IOException)
        {
            // EIO is the kernel's word for an address that is not mapped; the caller counts what is missing.
            return 0;
        }
    }
}
