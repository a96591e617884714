using System.Collections.Concurrent;

namespace HeapDrift.Collector.Watching;

/// <summary>
/// Of which workers a copy lives just now. The worker shares its pages with it: its proportional and private memory fall to half and come back when
/// the copy goes, which is nothing that the worker did. Thread-safe.
/// </summary>
internal sealed class SnapshotsUnderWay
{
    private readonly ConcurrentDictionary<int, int> _snapshots = [];

    public bool Contains(int pid) => _snapshots.GetValueOrDefault(pid) > 0;

    /// <summary>Until what is returned is disposed.</summary>
    public IDisposable Enter(int pid)
    {
        _snapshots.AddOrUpdate(pid, 1, static (_, count) => count + 1);
        return new Exit(this, pid);
    }

    private void Leave(int pid)
    {
        // Pids come and go for months: nothing is kept of them.
        if (_snapshots.AddOrUpdate(pid, 0, static (_, count) => count - 1) <= 0)
        {
            _snapshots.TryRemove(new(pid, 0));
        }
    }

    private sealed class Exit(SnapshotsUnderWay all, int pid) : IDisposable
    {
        private int _isDone;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isDone, 1) == 0)
            {
                all.Leave(pid);
            }
        }
    }
}
