using System.Net;
using Microsoft.Extensions.Configuration;

namespace HeapDrift.Collector.Alerts;

/// <summary>Whether others than this machine can reach the agent.</summary>
internal static class ListenAddresses
{
    /// <summary>
    /// What the server will listen on, as <c>--urls</c> takes it: its own section wins over all else (ASP.NET Core, "Configure endpoints for the Kestrel
    /// web server").
    /// </summary>
    /// <param name="configuration">With all that is set.</param>
    /// <param name="preset">Where nothing is.</param>
    public static string Of(IConfiguration configuration, string preset) =>
        configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).ToArray() is { Length: > 0 } endpoints ? string.Join(';', endpoints)
        : configuration["urls"] is { Length: > 0 } urls ? urls
        : preset;

    /// <param name="urls">As <c>--urls</c> takes them: several are separated by semicolons.</param>
    public static bool AreBeyondLoopback(string urls) =>
        urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Any(IsBeyondLoopback);

    private static bool IsBeyondLoopback(string url)
    {
        if (url.Contains("://unix:", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        // http://*:9464 and http://+:9464 are what Kestrel takes for every address, and no URI.
        string host = Uri.TryCreate(url, UriKind.Absolute, out Uri? address) ? address.Host.Trim('[', ']') : "*";
        return !string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase) && !(IPAddress.TryParse(host, out IPAddress? ip) && IPAddress.IsLoopback(ip));
    }
}
