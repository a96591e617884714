using HeapDrift.Collector.Admission;
using HeapDrift.Collector.Captures;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Diff;

namespace HeapDrift.Collector.Tests.Admission;

/// <summary>Captures that last until the test ends them.</summary>
internal sealed class HeldRunner : ICaptureRunner
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (TaskCompletionSource End, ICaptureObserver Observer, Task Finish)> _held = [];

    public List<string> Ran { get; } = [];

    public List<string> Refusals { get; } = [];

    public List<CaptureResult> Abandonments { get; } = [];

    public int Running
    {
        get
        {
            lock (_lock)
            {
                return _held.Count;
            }
        }
    }

    public async Task<CaptureResult> RunAsync(CaptureOrder order, ICaptureObserver observer, Task finish, CancellationToken cancellationToken)
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            Ran.Add(order.CaptureId);
            _held.Add(order.CaptureId, (end, observer, finish));
        }

        Task ended = await Task.WhenAny(end.Task, Task.Delay(Timeout.Infinite, cancellationToken));
        lock (_lock)
        {
            _held.Remove(order.CaptureId);
        }

        return ended == end.Task
            ? new(CaptureOutcome.Completed, Verdict.ManagedLeak, "Session grew")
            : new(CaptureOutcome.Cancelled, null, "cancelled");
    }

    public CaptureResult? Result { get; set; }

    public CaptureResult? Done(CaptureOrder order) => Result;

    public void Abandoned(CaptureOrder order, CaptureResult result) => Abandonments.Add(result);

    public void Refused(CaptureOrder order, string reason) => Refusals.Add(reason);

    public bool TryEnd(string captureId)
    {
        lock (_lock)
        {
            return _held.TryGetValue(captureId, out var held) && held.End.TrySetResult();
        }
    }

    public Task FinishOf(string captureId)
    {
        lock (_lock)
        {
            return _held[captureId].Finish;
        }
    }

    public void EnterWindow(string captureId)
    {
        lock (_lock)
        {
            _held[captureId].Observer.Entered(new CaptureProgress { CaptureId = captureId, Phase = CapturePhase.Window, At = default, Message = "waiting" });
        }
    }
}
