using HeapDrift.Collector.Admission;

namespace HeapDrift.Collector.Agent;

/// <summary>
/// The folder of one agent, who holds it by an advisory lock (flock) that the kernel releases when it ends, however it does. A second agent would take
/// what the first one is about for the remains of one that was killed: it would discard captures that go on and send reports twice.
/// </summary>
internal sealed class AgentFolder : IDisposable
{
    private const string FileName = ".agent.lock";

    /// <summary>EWOULDBLOCK of Linux, which .NET passes on where another process has the lock.</summary>
    private const int Taken = 11;

    private readonly FileStream _lock;

    /// <exception cref="IOException">Another agent has it, or it cannot be written to.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be written to.</exception>
    public AgentFolder(CaptureLimits limits)
    {
        Directory.CreateDirectory(limits.OutputDirectory);
        try
        {
            _lock = new FileStream(Path.Join(limits.OutputDirectory, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException refused) when (refused.HResult == Taken)
        {
            throw new IOException($"another agent works in {Path.GetFullPath(limits.OutputDirectory)}: end it, or give this one a folder of its own (--output)", refused);
        }
    }

    public void Dispose() => _lock.Dispose();
}
