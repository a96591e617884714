using System.Text.Json.Nodes;

namespace HeapDrift.EndToEnd.Tests.Deployment;

/// <summary>otel-collector.yaml by the rules that the collector's own documentation gives; its program is no Debian package.</summary>
public sealed class CollectorConfigTests
{
    /// <summary>Aliases and components that are going away (open-telemetry/opentelemetry-collector, changelog 0.144; batching RFC).</summary>
    private static readonly string[] Deprecated = ["otlp", "otlphttp", "logging", "loki", "batch", "k8sattributes", "resourcedetection"];

    private static readonly JsonNode Config = ShippedYaml.Load("otel-collector.yaml");

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Pipelines => Config["service"]!["pipelines"]!.AsObject();

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Exporters => Config["exporters"]!.AsObject();

    [Fact]
    public void NothingIsUsedThatIsGoingAway()
    {
        Assert.DoesNotContain(Exporters.Concat(Config["processors"]!.AsObject()), part => Deprecated.Contains(part.Key.Split('/')[0]));
        Assert.Null(Config["service"]!["telemetry"]!["metrics"]!["address"]);
        Assert.NotEmpty(Config["service"]!["telemetry"]!["metrics"]!["readers"]!.AsArray());
    }

    [Fact]
    public void EveryPipelineIsLimitedFirst() => Assert.All(Pipelines, pipeline => Assert.Equal("memory_limiter", pipeline.Value!["processors"].Texts()[0]));

    [Fact]
    public void WhatIsNamedIsDefinedAndWhatIsDefinedIsUsed()
    {
        Assert.Equal(["logs", "metrics", "traces"], Pipelines.Select(pipeline => pipeline.Key).Order(StringComparer.Ordinal));
        foreach (string kind in (string[])["receivers", "processors", "exporters"])
        {
            Assert.Equal(Keys(Config[kind]), Pipelines.SelectMany(pipeline => pipeline.Value![kind].Texts()).Distinct().Order(StringComparer.Ordinal));
        }

        Assert.Equal(Keys(Config["extensions"]), Config["service"]!["extensions"].Texts().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void WhatIsQueuedSurvivesARestart() => Assert.All(Exporters, exporter =>
    {
        Assert.Equal("file_storage", (string)exporter.Value!["sending_queue"]!["storage"]!);
        Assert.NotNull(exporter.Value["sending_queue"]!["batch"]);
        Assert.Equal("0s", (string)exporter.Value["retry_on_failure"]!["max_elapsed_time"]!);

        // On the volume.
        Assert.Contains(ComposeFile.Mounts(ComposeFile.Shipped.Service("otel-collector")), mount =>
            mount.Source == "queue" && ((string)Config["extensions"]!["file_storage"]!["directory"]!).StartsWith(mount.Target + "/", StringComparison.Ordinal));
    });

    [Fact]
    public void SignalsGoToServicesOfTheComposeFile() => Assert.All(Exporters, exporter =>
    {
        string endpoint = (string)exporter.Value!["endpoint"]!;
        string host = endpoint.Split("://")[^1].Split(':')[0];
        Assert.NotNull(ComposeFile.Shipped.Root["services"]![host]);
        Assert.Equal(exporter.Key.Split('/')[1], host);
    });

    [Fact]
    public void ItListensBeyondItsOwnContainer() => Assert.All(
        Config["receivers"]!["otlp"]!["protocols"]!.AsObject(), protocol => Assert.StartsWith("0.0.0.0:", (string)protocol.Value!["endpoint"]!, StringComparison.Ordinal));

    private static IOrderedEnumerable<string> Keys(JsonNode? node) => node!.AsObject().Select(entry => entry.Key).Order(StringComparer.Ordinal);
}
