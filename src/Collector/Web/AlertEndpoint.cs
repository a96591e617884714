using HeapDrift.Collector.Alerts;
using HeapDrift.Collector.Discovery;
using HeapDrift.Collector.Watching;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace HeapDrift.Collector.Web;

/// <summary><c>POST /api/alerts</c>: the webhook of Alertmanager and Grafana. Answers at once; captures take their time afterwards.</summary>
internal static class AlertEndpoint
{
    /// <summary>Alertmanager gives up after 10 s by default.</summary>
    private static readonly TimeSpan BodyDeadline = TimeSpan.FromSeconds(10);

    public static void MapAlerts(this IEndpointRouteBuilder endpoints, RequestGuard guard) =>
        endpoints.MapPost("/api/alerts", AnswerAsync).AddEndpointFilter(guard);

    private static async Task<IResult> AnswerAsync(HttpContext http, AlertDesk desk, WorkerBoard board, TimeProvider clock)
    {
        if (http.Request.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) != true)
        {
            return Problems.Of(StatusCodes.Status415UnsupportedMediaType, "the body must be application/json, as Alertmanager and Grafana send it");
        }

        using var deadline = new CancellationTokenSource(BodyDeadline, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, deadline.Token);
        try
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body, either.Token);
            AlertNotification notification = AlertParser.Parse(body.GetBuffer().AsMemory(0, (int)body.Length));
            Worker[] workers = [.. board.Workers.Select(seen => seen.Worker)];
            return Results.Json(desk.Answer(notification, workers), AlertJson.Readable.AlertAnswer, statusCode: StatusCodes.Status202Accepted);
        }
        catch (InvalidDataException malformed)
        {
            return Problems.Of(StatusCodes.Status400BadRequest, malformed.Message);
        }
        catch (BadHttpRequestException refused)
        {
            // Too large, too slow, or cut off in the middle.
            return Problems.Of(refused.StatusCode, refused.StatusCode == StatusCodes.Status413PayloadTooLarge ? $"the body has more than {WebLimits.MostBodyBytes} bytes" : "the body did not arrive whole");
        }
        catch (IOException broken) when (broken.InnerException is OverflowException)
        {
            // What the server says of a chunk of more than 2 GB.
            return Problems.Of(StatusCodes.Status400BadRequest, "the body did not arrive whole");
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            return Problems.Of(StatusCodes.Status408RequestTimeout, "the body did not arrive in time");
        }
    }
}
