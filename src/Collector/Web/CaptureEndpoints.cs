using HeapDrift.Collector.Admission;
using HeapDrift.Collector.Captures;
using HeapDrift.Collector.Watching;
using HeapDrift.Profiling.Reports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace HeapDrift.Collector.Web;

/// <summary>
/// <c>GET /api/captures</c>, <c>GET /api/captures/ID</c>, its page <c>GET /captures/ID/report.html</c> and <c>POST /api/workers/PID/captures</c>.
/// </summary>
internal static class CaptureEndpoints
{
    public static void MapCaptures(this IEndpointRouteBuilder endpoints, RequestGuard guard)
    {
        endpoints.MapGet("/api/captures", (CaptureDesk desk, CaptureLimits limits) => Results.Json(
            Array.ConvertAll(desk.Lines, line => line with { HasReport = line.CaptureId is { } id && ReportShelf.Find(limits.OutputDirectory, id, ReportFolder.HtmlFile) is not null }),
            AgentJson.Readable.CaptureLineArray));
        endpoints.MapGet("/api/captures/{id}", (string id, CaptureLimits limits) => ReportShelf.Find(limits.OutputDirectory, id) is { } report
            ? Results.File(Path.GetFullPath(report), "application/json")
            : Problems.Of(StatusCodes.Status404NotFound, "there is no report of this name: GET /api/captures lists what there is"));
        endpoints.MapGet("/captures/{id}/report.html", (string id, CaptureLimits limits) => ReportShelf.Find(limits.OutputDirectory, id, ReportFolder.HtmlFile) is { } page
            ? new PageResult(File.ReadAllBytes(page), PageResult.Html, PageResult.ReportPolicy)
            : Problems.Of(StatusCodes.Status404NotFound, "there is no report of this name: GET /api/captures lists what there is"));
        endpoints.MapPost("/api/workers/{pid:int}/captures", Request).AddEndpointFilter(guard);
    }

    private static IResult Request(int pid, WorkerBoard board, CaptureDesk desk)
    {
        if (board.Workers.FirstOrDefault(seen => seen.Worker.Pid == pid) is not { } seen)
        {
            return Problems.Of(StatusCodes.Status404NotFound, $"process {pid} is not among the watched workers: GET /api/workers lists them");
        }

        CaptureAnswer answer = desk.Request(seen.Worker, new CaptureTrigger { Kind = TriggerKind.Command });
        return Results.Json(answer, AgentJson.Readable.CaptureAnswer, statusCode: answer.Kind switch
        {
            CaptureAnswerKind.Refused when seen.Worker.WhyNoCapture is not null => StatusCodes.Status422UnprocessableEntity,
            CaptureAnswerKind.Refused => StatusCodes.Status429TooManyRequests,
            CaptureAnswerKind.Coalesced => StatusCodes.Status409Conflict,
            _ => StatusCodes.Status202Accepted,
        });
    }
}
