using Microsoft.AspNetCore.Http;

namespace HeapDrift.Collector.Web;

/// <summary>Answers that are no success, all in one form.</summary>
internal static class Problems
{
    public static IResult Of(int status, string error) => Results.Json(new ProblemDocument(error), WebJson.Readable.ProblemDocument, statusCode: status);
}
