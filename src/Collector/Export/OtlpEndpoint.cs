using Microsoft.Extensions.Configuration;

namespace HeapDrift.Collector.Export;

/// <summary>
/// Whether and where OTLP goes, by the standard settings (OpenTelemetry specification, OTLP exporter configuration). Without an endpoint
/// there is no export.
/// </summary>
internal static class OtlpEndpoint
{
    /// <summary>The signals as their settings name them.</summary>
    public const string Traces = "TRACES";

    /// <inheritdoc cref="Traces"/>
    public const string Logs = "LOGS";

    /// <inheritdoc cref="Traces"/>
    public const string Metrics = "METRICS";

    private const string Common = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public static readonly IReadOnlyList<string> ForCaptures = [Common, Of(Traces), Of(Logs)];
    public static readonly IReadOnlyList<string> ForMetrics = [Common, Of(Metrics)];

    /// <summary>The settings of this process.</summary>
    public static IConfiguration ReadEnvironment() => new ConfigurationBuilder().AddEnvironmentVariables().Build();

    /// <summary>False when no endpoint is set, or OpenTelemetry is switched off, or an endpoint is not usable (which is complained about).</summary>
    /// <param name="environment">Where the settings come from, for example <see cref="ReadEnvironment"/>.</param>
    /// <param name="settings">Names of the variables that may hold one.</param>
    /// <param name="complain">Told in one sentence what is wrong.</param>
    public static bool IsSet(IConfiguration environment, IReadOnlyList<string> settings, Action<string> complain)
    {
        string[] endpoints = [.. settings.Where(setting => !string.IsNullOrWhiteSpace(environment[setting]))];
        bool isOff = string.Equals(environment["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase);
        if (endpoints.Length == 0 || isOff)
        {
            return false;
        }

        if (Array.Find(endpoints, setting => !IsUsable(environment[setting])) is not { } unusable)
        {
            return true;
        }

        complain($"{unusable} is '{environment[unusable]}', which is no http or https address: nothing will be sent, the report stays on disk");
        return false;
    }

    /// <summary>False for a signal that has nowhere to go, while another one has.</summary>
    public static bool IsSetFor(IConfiguration environment, string signal) =>
        !string.IsNullOrWhiteSpace(environment[Common]) || !string.IsNullOrWhiteSpace(environment[Of(signal)]);

    private static string Of(string signal) => $"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT";

    private static bool IsUsable(string? endpoint) =>
        Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps);
}
