using HeapDrift.Collector.Watching;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace HeapDrift.Collector.Web;

/// <summary>
/// <c>/healthz</c>: restart me if this fails. <c>/readyz</c>: the workers have been looked at once.
/// </summary>
internal static class HealthEndpoints
{
    /// <summary>A round takes milliseconds and comes every second.</summary>
    private static readonly TimeSpan StuckAfter = TimeSpan.FromMinutes(1);

    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        DateTimeOffset startedAt = TimeProvider.System.GetUtcNow();
        endpoints.MapGet("/healthz", (WorkerWatch watch, TimeProvider clock) =>
            (watch.SinceLastRound ?? clock.GetUtcNow() - startedAt) < StuckAfter
                ? Results.Text("ok\n")
                : Results.Text("the watch has not come round for a minute\n", statusCode: StatusCodes.Status503ServiceUnavailable));
        endpoints.MapGet("/readyz", (WorkerWatch watch) => watch.SinceLastRound is not null
            ? Results.Text("ok\n")
            : Results.Text("the workers have not been looked at yet\n", statusCode: StatusCodes.Status503ServiceUnavailable));
    }
}
