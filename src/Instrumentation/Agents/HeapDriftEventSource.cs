using System.Diagnostics.Tracing;

namespace HeapDrift.Instrumentation.Agents;

/// <summary>
/// How a worker tells its agent, if it has one, that SIGUSR2 came: the agent listens through an EventPipe session, and a session is what
/// makes it attached. Without one nothing is written. A process has one event source of a name, hence the static.
/// </summary>
[EventSource(Name = TelemetryNames.EventSource)]
internal sealed class HeapDriftEventSource : EventSource
{
    public static readonly HeapDriftEventSource Instance = new();

    private const int CaptureRequestedId = 1;

    private HeapDriftEventSource()
    {
    }

    /// <summary>
    /// Somebody listens for <see cref="Keywords.Captures"/>. A listener that takes every event source of the process would pass for an agent
    /// too; those ask for no keyword as a rule.
    /// </summary>
    public bool IsAgentAttached => IsEnabled(EventLevel.Informational, Keywords.Captures);

    /// <param name="pid">The worker's own, as it sees it: an agent in another pid namespace knows the session that it came by.</param>
    [Event(CaptureRequestedId, Level = EventLevel.Informational, Keywords = Keywords.Captures)]
    public void CaptureRequested(int pid) => WriteEvent(CaptureRequestedId, pid);

    /// <summary>What an agent's session enables.</summary>
    public static class Keywords
    {
        public const EventKeywords Captures = (EventKeywords)1;
    }
}
