using System.Net;
using System.Threading.RateLimiting;
using HeapDrift.Collector.Alerts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace HeapDrift.Collector.Web;

/// <summary>
/// Stands before everything that makes the agent do something: who asks, from where, and how often. A capture costs the worker a pause, so
/// it must not be had by every web page that a person on this machine happens to open.
/// </summary>
internal sealed class RequestGuard(Credentials credentials, AlertOptions options, TimeProvider clock, ILogger<RequestGuard> logger) : IEndpointFilter, IDisposable
{
    private static readonly TimeSpan ComplaintInterval = TimeSpan.FromMinutes(1);

    private readonly ConcurrencyLimiter _atOnce = new(new() { PermitLimit = options.MostAtOnce, QueueLimit = 0 });
    private readonly TokenBucketRateLimiter _perMinute = new(new()
    {
        TokenLimit = options.MostPerMinute,
        TokensPerPeriod = options.MostPerMinute,
        ReplenishmentPeriod = TimeSpan.FromMinutes(1),
        QueueLimit = 0,
    });

    /// <summary>Which of the two is set, so that the page knows what to ask a person for (RFC 9110, 11.6.1).</summary>
    private readonly string _challenge = string.Join(
        ", ",
        (string[])
        [
            .. options.BearerToken is { Length: > 0 } || options.BearerTokenFile is not null ? (string[])["Bearer realm=\"heapdrift\""] : [],
            .. options.BasicUser is { Length: > 0 } ? (string[])["Basic realm=\"heapdrift\", charset=\"UTF-8\""] : [],
        ]);

    private long _complainedAt;

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        HttpRequest request = context.HttpContext.Request;
        if (ReasonToForbid(request) is { } reason)
        {
            return Refuse(request, StatusCodes.Status403Forbidden, reason);
        }

        // Before anything is counted: who may not ask must not use up what those who may have.
        if (!credentials.Accept(request.Headers.Authorization))
        {
            request.HttpContext.Response.Headers.WWWAuthenticate = _challenge;
            return Refuse(request, StatusCodes.Status401Unauthorized, "the credentials are missing or wrong: HeapDrift:Alerts sets them");
        }

        using RateLimitLease rate = _perMinute.AttemptAcquire();
        using RateLimitLease place = _atOnce.AttemptAcquire();
        if (!rate.IsAcquired || !place.IsAcquired)
        {
            request.HttpContext.Response.Headers.RetryAfter = "30";
            return Refuse(request, StatusCodes.Status429TooManyRequests, "too many requests: HeapDrift:Alerts:MostPerMinute and MostAtOnce set the limits");
        }

        return await next(context);
    }

    public void Dispose()
    {
        _atOnce.Dispose();
        _perMinute.Dispose();
    }

    /// <summary>
    /// A page of another site can make a browser send a simple POST (Fetch specification), and with a name that resolves to this machine
    /// (DNS rebinding) read the answer. Where credentials are required a browser has none to send along.
    /// </summary>
    private string? ReasonToForbid(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin" or "none"))
        {
            return "it comes from another site's page";
        }

        if (request.Headers.Origin.ToString() is { Length: > 0 } origin
            && !(Uri.TryCreate(origin, UriKind.Absolute, out Uri? from) && string.Equals(from.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase)))
        {
            return "it comes from another site's page";
        }

        return !credentials.AreRequired && !IsThisMachine(request.Host.Host) ? "its Host header names another machine: ask by 127.0.0.1 or localhost" : null;
    }

    private static bool IsThisMachine(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? ip) && IPAddress.IsLoopback(ip));

    /// <summary>Said once a minute at most: a storm of requests must not become a storm of lines.</summary>
    private IResult Refuse(HttpRequest request, int status, string reason)
    {
        long last = Volatile.Read(ref _complainedAt);
        if ((last == 0 || clock.GetElapsedTime(last) > ComplaintInterval) && Interlocked.CompareExchange(ref _complainedAt, clock.GetTimestamp(), last) == last)
        {
            Log.RequestRefused(logger, Printable.Cut(request.Path), reason);
        }

        return Problems.Of(status, reason);
    }
}
