using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;

namespace HeapDrift.Instrumentation.Tests.Signals;

/// <summary>What an agent is to a worker: an EventPipe session that listens for its signals.</summary>
internal sealed class AttachedAgent : IAsyncDisposable
{
    private readonly EventPipeSession _session;
    private readonly Task _reading;

    private AttachedAgent(EventPipeSession session)
    {
        _session = session;
        _reading = Task.Run(Read);
    }

    /// <summary>The worker's pid, once for each signal that it passed on.</summary>
    public ConcurrentQueue<int> Requests { get; } = [];

    public static async Task<AttachedAgent> AttachAsync(int pid, EventKeywords keywords = (EventKeywords)1)
    {
        EventPipeProvider[] providers = [new("HeapDrift-Instrumentation", EventLevel.Informational, (long)keywords)];
        return new(await new DiagnosticsClient(pid).StartEventPipeSessionAsync(providers, requestRundown: false, 16, CancellationToken.None));
    }

    public async ValueTask DisposeAsync()
    {
        await _session.StopAsync(CancellationToken.None);
        await _reading;
        _session.Dispose();
    }

    private void Read()
    {
        using var source = new EventPipeEventSource(_session.EventStream);
        source.Dynamic.All += traced =>
        {
            if (traced.EventName == "CaptureRequested")
            {
                Requests.Enqueue((int)traced.PayloadByName("pid"));
            }
        };
        source.Process();
    }
}
