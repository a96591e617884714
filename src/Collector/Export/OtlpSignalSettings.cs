using System.Globalization;
using Microsoft.Extensions.Configuration;
using OpenTelemetry.Exporter;

namespace HeapDrift.Collector.Export;

/// <summary>
/// The settings of one signal, which win over the common ones (OpenTelemetry specification, OTLP exporter configuration). The exporters of
/// .NET look at the common ones only, unless they are made for all signals at once.
/// </summary>
internal static class OtlpSignalSettings
{
    private const string Prefix = "OTEL_EXPORTER_OTLP_";

    /// <param name="options">With the common settings applied.</param>
    /// <param name="environment">Where the settings come from.</param>
    /// <param name="signal">For example <see cref="OtlpEndpoint.Traces"/>.</param>
    /// <exception cref="ArgumentException">One of them is not what it should be, and is named.</exception>
    public static void Apply(OtlpExporterOptions options, IConfiguration environment, string signal)
    {
        if (Read("ENDPOINT") is { } endpoint)
        {
            options.Endpoint = new Uri(endpoint);
        }

        if (Read("PROTOCOL") is { } protocol)
        {
            options.Protocol = protocol switch
            {
                "grpc" => OtlpExportProtocol.Grpc,
                "http/protobuf" => OtlpExportProtocol.HttpProtobuf,
                _ => throw Wrong("PROTOCOL", protocol, "grpc or http/protobuf"),
            };
        }

        if (Read("HEADERS") is { } headers)
        {
            options.Headers = headers;
        }

        if (Read("TIMEOUT") is { } timeout)
        {
            options.TimeoutMilliseconds = int.TryParse(timeout, NumberStyles.None, CultureInfo.InvariantCulture, out int milliseconds) && milliseconds > 0
                ? milliseconds
                : throw Wrong("TIMEOUT", timeout, "milliseconds");
        }

        if (Read("COMPRESSION") is { } compression)
        {
            options.Compression = compression switch
            {
                "gzip" => OtlpExportCompression.GZip,
                "none" => OtlpExportCompression.None,
                _ => throw Wrong("COMPRESSION", compression, "gzip or none"),
            };
        }

        string? Read(string setting) => environment[Prefix + signal + "_" + setting] is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

        ArgumentException Wrong(string setting, string value, string expected) => new($"{Prefix}{signal}_{setting} is '{value}': it takes {expected}");
    }
}
