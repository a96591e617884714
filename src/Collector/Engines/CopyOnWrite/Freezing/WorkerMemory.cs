using Microsoft.Win32.SafeHandles;

namespace HeapDrift.Collector.Engines.CopyOnWrite.Freezing;

/// <summary>
/// <c>/proc/PID/mem</c> (proc_pid_mem(5)), opened before anything stops. Writes go through page protection, into this process's own copy
/// of the page; since Linux 6.12 that can be a right of the tracing thread alone, so it writes while it traces.
/// </summary>
internal sealed class WorkerMemory : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly byte[] _scratch = GC.AllocateArray<byte>(HealingStub.Size, pinned: true);

    /// <exception cref="FreezeException">It is gone, or another user's.</exception>
    public WorkerMemory(int pid)
    {
        try
        {
            _file = File.OpenHandle($"/proc/{pid}/mem", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        }
        catch (UnauthorizedAccessException refused)
        {
            throw Failures.NotPermitted(pid, refused);
        }
        catch (IOException absent)
        {
            throw Failures.Gone(pid, absent);
        }
    }

    public bool TryRead(ulong address, Span<byte> into)
    {
        try
        {
            return RandomAccess.Read(_file, into, (long)address) == into.Length;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Whether a stub may be written there now; the answer holds while every thread is stopped.</summary>
    public bool IsFree(ulong place, long now, long quietTicks) => TryRead(place, _scratch) && HealingStub.IsFreeAt(_scratch, now, quietTicks);

    public void WriteStub(ulong place, in ThreadRegisters healed, bool clones, long now)
    {
        HealingStub.Write(_scratch, healed, clones, now);
        RandomAccess.Write(_file, _scratch, (long)place);
    }

    public void Erase(ulong place)
    {
        _scratch.AsSpan().Clear();
        RandomAccess.Write(_file, _scratch, (long)place);
    }

    public void Dispose() => _file.Dispose();
}
