using Microsoft.AspNetCore.Http;

namespace HeapDrift.Collector.Web;

/// <summary>
/// A document for a browser, and what the browser may do with it: names of types and services come from processes that nobody vouches for, so that
/// nothing but the agent's own script runs, and nothing is asked for elsewhere (Content Security Policy Level 3).
/// </summary>
internal sealed class PageResult(byte[] body, string contentType, string policy) : IResult
{
    public const string Html = "text/html; charset=utf-8";

    /// <summary>The agent's page: its own style and script, its own interface.</summary>
    public const string PagePolicy =
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>
    /// A report brings its own policy, by the hash of its one style and script. In the sandbox it is nobody's origin: whatever it might do, it asks the
    /// agent for nothing in the reader's name.
    /// </summary>
    public const string ReportPolicy = "sandbox allow-scripts; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        HttpResponse response = httpContext.Response;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        response.Headers.ContentSecurityPolicy = policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";

        // The next version of the agent has another page under the same name.
        response.Headers.CacheControl = "no-cache";
        await response.Body.WriteAsync(body, httpContext.RequestAborted);
    }
}
