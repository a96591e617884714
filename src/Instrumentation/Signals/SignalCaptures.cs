using System.Diagnostics;
using System.Threading.Channels;
using HeapDrift.Instrumentation.Agents;
using HeapDrift.Instrumentation.Captures;
using HeapDrift.Instrumentation.Metrics;
using HeapDrift.Instrumentation.Telemetry;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Detection;
using HeapDrift.Profiling.Reports;
using Microsoft.Extensions.Logging;

namespace HeapDrift.Instrumentation.Signals;

/// <summary>
/// Captures of this process on SIGUSR2 or on suspicion, with or without a host. Do no harm is the first rule: no member throws, the signal handler only
/// notes, and everything else happens on one loop in the background that waits for signals at no cost.
/// </summary>
internal sealed class SignalCaptures : IDisposable
{
    private readonly HeapDriftOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly OperatorFeedback _feedback;
    private readonly TwoSignalMachine _machine;
    private readonly ActivitySource _source = new(TelemetryNames.Source);
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationToken _stopping;
    private readonly Action _onSignal;

    // Says only that there is something to look at. What, is in the machine, so that a full channel loses nothing.
    private readonly Channel<bool> _wake =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private Task _loop = Task.CompletedTask;
    private int _forAgent;
    private volatile TriggerKind _trigger = TriggerKind.Signal;
    private CaptureMeter? _meter;
    private SelfCapture? _capture;
    private Task _captured = Task.CompletedTask;

    public SignalCaptures(ILoggerFactory loggers, HeapDriftOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        _logger = loggers.CreateLogger(TelemetryNames.Source);
        _feedback = new OperatorFeedback(_logger);
        _machine = new TwoSignalMachine(time);
        _stopping = _stop.Token;
        _onSignal = OnSignal;
    }

    /// <summary>The application's logger reaches a back end, so that what is logged need not be exported by the helper.</summary>
    public bool LogsAreExported { get; init; }

    /// <summary>Arms SIGUSR2. To be called once.</summary>
    public void Start() => Guard(() =>
    {
        // The event source registers itself when it is first touched, which is nothing for the handler of a signal.
        _ = HeapDriftEventSource.Instance;

        // A capture belongs to no request or start-up step that happens to be the current activity.
        using (ExecutionContext.SuppressFlow())
        {
            _loop = Task.Run(ConsumeAsync, CancellationToken.None);
        }

        _feedback.Armed(SignalRegistration.Arm(_onSignal));
    });

    /// <summary>
    /// Tells the suspicion, and captures by itself: the window ends by time, or sooner by a signal. An agent that is attached has a detector of
    /// its own, and what runs already will show the leak.
    /// </summary>
    public void Suspect(LeakAssessment suspicion) => Guard(() =>
    {
        LeakEvent.Suspected(SelfCapture.Worker(), suspicion).WriteTo(_logger, LogLevel.Warning);
        if (!HeapDriftEventSource.Instance.IsAgentAttached && !_stopping.IsCancellationRequested && _machine.TryStart())
        {
            _trigger = TriggerKind.Detector;
            _wake.Writer.TryWrite(true);
        }
    });

    /// <summary>
    /// From now on signals do nothing, neither here nor to the process: SIGUSR2 stays caught until it ends. A running capture is asked to
    /// end. Returns at once.
    /// </summary>
    public void StopReacting() => Guard(() =>
    {
        if (!_stopping.IsCancellationRequested)
        {
            SignalRegistration.Release(_onSignal);
            _stop.Cancel();
        }
    });

    /// <summary>Also waits for a running capture to end, which takes <see cref="SupervisedCapture.StopLimit"/> and little more.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        StopReacting();
        await Task.WhenAny(_loop, Task.Delay(Timeout.Infinite, cancellationToken)).ConfigureAwait(false);
        await Task.WhenAny(_captured, Task.Delay(Timeout.Infinite, cancellationToken)).ConfigureAwait(false);
    }

    public void Dispose()
    {
        StopReacting();
        _stop.Dispose();
        _source.Dispose();
        _meter?.Dispose();
    }

    /// <summary>A capture of our own that runs gets its signals, also where an agent has attached meanwhile.</summary>
    private void OnSignal()
    {
        if (HeapDriftEventSource.Instance.IsAgentAttached && _machine.State == CaptureState.Idle)
        {
            Interlocked.Increment(ref _forAgent);
        }
        else
        {
            _machine.Signal();
        }

        _wake.Writer.TryWrite(true);
    }

    private async Task ConsumeAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            await GuardAsync(ActOnNextSignalAsync).ConfigureAwait(false);
        }
    }

    private async Task ActOnNextSignalAsync()
    {
        // Read first: a signal that comes while this one is acted on wakes the loop again.
        await _wake.Reader.ReadAsync(_stopping).ConfigureAwait(false);
        PassOn(Interlocked.Exchange(ref _forAgent, 0));
        switch (_machine.TakeRequest())
        {
            case SignalRequest.Start:
                _meter ??= new();
                _capture = new SelfCapture(_trigger, _options, _logger, _source, _time) { LogsAreExported = LogsAreExported, Meter = _meter };
                _trigger = TriggerKind.Signal;
                _captured = CaptureAsync(_capture);
                break;
            case SignalRequest.Finish when _capture is not null:
                await _capture.FinishAsync().ConfigureAwait(false);
                break;
        }

        await EndBurstAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// One event for each signal: what a second one means, and what belongs to one burst, is for the agent to say. An agent that has detached
    /// since the signal came leaves it to us.
    /// </summary>
    private void PassOn(int signals)
    {
        if (signals > 0 && !HeapDriftEventSource.Instance.IsAgentAttached)
        {
            _machine.Signal();
        }
        else if (signals > 0)
        {
            for (int i = 0; i < signals; i++)
            {
                HeapDriftEventSource.Instance.CaptureRequested(Environment.ProcessId);
            }

            _feedback.PassedOn();
        }
    }

    private async Task CaptureAsync(SelfCapture capture)
    {
        await GuardAsync(() => capture.RunAsync(OnProgress, _stopping)).ConfigureAwait(false);
        _machine.Ended();
    }

    private void OnProgress(CaptureProgress progress) => Guard(() =>
    {
        _machine.Entered(progress.Phase);
        _feedback.Entered(progress);
    });

    /// <summary>Waits for the end of the burst and tells of it. No signal of the burst asks for anything, so nothing waits for this.</summary>
    private async Task EndBurstAsync()
    {
        int coalesced;
        await WaitingSignalsAsync().ConfigureAwait(false);
        while (!_machine.TryEndBurst(out var quietIn, out coalesced))
        {
            await Task.Delay(quietIn, _time, _stopping).ConfigureAwait(false);
            await WaitingSignalsAsync().ConfigureAwait(false);
        }

        if (coalesced > 0)
        {
            _feedback.Coalesced(coalesced, _machine.State);
        }
    }

    /// <summary>
    /// Returns when the signals have been handled that the pool had got by now: .NET hands it each signal, and it takes them in turn. On one
    /// processor it has one thread, and what that thread did until now may have kept a storm waiting.
    /// </summary>
    private static Task WaitingSignalsAsync()
    {
        var behindThem = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ThreadPool.UnsafeQueueUserWorkItem(static waiting => waiting.SetResult(), behindThem, preferLocal: false);
        return behindThem.Task;
    }

    private void Guard(Action action)
    {
        try
        {
            action();
        }
#pragma warning disable CA1031 // Nothing may escape into the application.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            TellUnexpected(failure);
        }
    }

    private async Task GuardAsync(Func<Task> action)
    {
        try
        {
            await action().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Stopping.
        }
#pragma warning disable CA1031 // Nothing may escape into the application.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            TellUnexpected(failure);
        }
    }

    private void TellUnexpected(Exception failure)
    {
        try
        {
            Log.Unexpected(_logger, failure);
        }
#pragma warning disable CA1031 // A logger that fails: nobody is left to tell.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
