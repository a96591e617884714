using System.Net;

namespace HeapDrift.Collector.Alerts;

/// <summary>Whether others than this machine can reach the agent.</summary>
internal static class ListenAddresses
{
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
