using HeapDrift.Collector.Captures;
using HeapDrift.Profiling.Captures;

namespace HeapDrift.Collector.Admission;

/// <summary>A capture under way: what it is doing, and the way to end its window.</summary>
internal sealed class RunningCapture : ICaptureObserver
{
    private readonly TaskCompletionSource _finish = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private volatile string _message = "begins";

    private volatile bool _hasBaseline;

    /// <summary>The phase, as a sentence.</summary>
    public string Message => _message;

    public Task Finish => _finish.Task;

    public Task Completion { get; set; } = Task.CompletedTask;

    /// <summary>False before the baseline is there and when it was asked for already: nothing is left to end.</summary>
    public bool TryFinish() => _hasBaseline && _finish.TrySetResult();

    public void Entered(CaptureProgress progress)
    {
        _message = progress.Message;
        _hasBaseline |= progress.Phase == CapturePhase.Window;
    }

    public void Saw(long objects)
    {
    }
}
