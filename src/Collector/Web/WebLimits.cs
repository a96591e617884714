using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace HeapDrift.Collector.Web;

/// <summary>What a client may ask of the agent's HTTP server: it serves scrapers and people, not the world.</summary>
internal static class WebLimits
{
    private const int MostConnections = 100;
    public const long MostBodyBytes = 1 << 20;

    public static void Apply(KestrelServerOptions server)
    {
        server.AddServerHeader = false;
        server.Limits.MaxConcurrentConnections = MostConnections;
        server.Limits.MaxRequestBodySize = MostBodyBytes;
        server.Limits.MaxRequestHeadersTotalSize = 16 << 10;
        server.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        server.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
    }
}
