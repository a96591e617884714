using HeapDrift.Collector.Watching;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace HeapDrift.Collector.Web;

/// <summary><c>GET /api/workers</c>: who is watched and what is known of them.</summary>
internal static class WorkerEndpoints
{
    public static void MapWorkers(this IEndpointRouteBuilder endpoints) => endpoints.MapGet(
        "/api/workers", (WorkerBoard board) => Results.Json(board.Workers.Select(WorkerDocument.Of).ToArray(), WebJson.Readable.WorkerDocumentArray));
}
