using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Parsers.Clr;

namespace HeapDrift.Collector.Engines.EventPipe;

/// <summary>
/// A short session at whose end the runtime enumerates what it has loaded. It also makes the runtime forget which type names it has sent: otherwise a
/// second snapshot of the same process gets none. The sampling provider does that on all runtimes (dotnet-gcdump relies on it too); it is on for
/// a few milliseconds.
/// </summary>
internal static class Rundown
{
    /// <param name="connection">To the worker.</param>
    /// <param name="keywords">Of the rundown provider: what to enumerate.</param>
    /// <param name="bufferMegabytes">The most that the worker may hold back for us, in its own memory.</param>
    /// <param name="listen">Subscribes to the events.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    public static async Task ReadAsync(
        EventPipeConnection connection, long keywords, int bufferMegabytes, Action<ClrRundownTraceEventParser> listen, CancellationToken cancellationToken)
    {
        using EventPipeSession session = await connection.StartAsync(
            EventProviders.SampleProfiler, keywords: 0, bufferMegabytes, keywords, deadline: null, cancellationToken);
        using var source = new EventPipeEventSource(session.EventStream);
        listen(new ClrRundownTraceEventParser(source));
        Task<bool> reading = Task.Run(source.Process, cancellationToken);
        await EventPipeConnection.StopAsync(session, cancellationToken);
        await reading.WaitAsync(cancellationToken);
    }
}
