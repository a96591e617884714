using HeapDrift.Collector.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace HeapDrift.Collector.Web;

/// <summary><c>GET /metrics</c> for Prometheus: text, or OpenMetrics with exemplars where the scraper asks for it.</summary>
internal static class MetricsEndpoint
{
    private const string OpenMetrics = "application/openmetrics-text";

    public static void MapMetrics(this IEndpointRouteBuilder endpoints) => endpoints.MapGet("/metrics", async (HttpContext http, AgentRegistry registry) =>
    {
        bool isOpenMetrics = http.Request.Headers.Accept.ToString().Contains(OpenMetrics, StringComparison.OrdinalIgnoreCase);
        http.Response.ContentType = isOpenMetrics ? $"{OpenMetrics}; version=1.0.0; charset=utf-8" : "text/plain; version=0.0.4; charset=utf-8";
        await registry.WriteAsync(http.Response.Body, isOpenMetrics, http.RequestAborted);
    });
}
