namespace Shop;

internal static class LeakKinds
{
    public const string SessionCache = "session-cache";
    public const string EventHandlers = "event-handlers";
    public const string Timers = "timers";
    public const string Cancellation = "cancellation";
    public const string CaptiveScope = "captive-scope";
    public const string QueryCache = "query-cache";

    public static readonly IReadOnlyList<string> All = [SessionCache, EventHandlers, Timers, Cancellation, CaptiveScope, QueryCache];
}
