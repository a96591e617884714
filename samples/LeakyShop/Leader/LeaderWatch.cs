using Microsoft.Win32.SafeHandles;

namespace Shop.Leader;

/// <summary>
/// Stops the worker at the end of its standard input: the leader closes the pipe to stop its workers, and the kernel closes it for a
/// leader that was killed. It waits for the end only once the host has started, as a host that is starting cannot be asked to stop.
/// </summary>
internal sealed class LeaderWatch(IHostApplicationLifetime lifetime, ILogger<LeaderWatch> log) : IHostedService
{
    private const int StandardInput = 0;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // A background thread of its own: a read that blocks for the life of the worker is nothing for the pool, nor a reason to stay.
        lifetime.ApplicationStarted.Register(() => new Thread(WaitForTheEnd) { IsBackground = true, Name = "leader watch" }.Start());
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void WaitForTheEnd()
    {
        using var handle = new SafeFileHandle(StandardInput, ownsHandle: false);
        using var pipe = new FileStream(handle, FileAccess.Read, bufferSize: 0);
        while (pipe.ReadByte() >= 0)
        {
        }

        Log.LeaderGone(log);
        lifetime.StopApplication();
    }
}
