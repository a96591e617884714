using System.Runtime.InteropServices;

namespace Shop.Leader;

/// <summary>
/// SIGUSR2 would end a leader that does not catch it. Caught and explained, not ignored: an ignored signal stays ignored in the workers,
/// a caught one is theirs to catch. Nothing is passed on, because a capture is of one worker.
/// </summary>
internal sealed class LeaderSignal(WorkerPool workers, ILogger<LeaderSignal> log) : IHostedService, IDisposable
{
    private const PosixSignal SigUsr2 = (PosixSignal)12;
    private PosixSignalRegistration? _registration;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _registration = PosixSignalRegistration.Create(SigUsr2, Explain);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _registration?.Dispose();

    private void Explain(PosixSignalContext signal)
    {
        signal.Cancel = true;
        Log.SignalIsForWorkers(log, string.Join(", ", workers.Pids));
    }
}
