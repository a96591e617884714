using System.Text.Json.Nodes;
using HeapDrift.Profiling.Diff;
using HeapDrift.Profiling.Flames;
using HeapDrift.Profiling.Tests.Reports;
using NJsonSchema;
using NJsonSchema.Validation;

namespace HeapDrift.Profiling.Tests.Flames;

public sealed class SpeedscopeTests
{
    /// <summary>What https://www.speedscope.app/file-format-schema.json asks of a file with sampled profiles, in our words, and nothing beyond allowed.</summary>
    private const string Shape = """
        {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "type": "object",
          "required": ["$schema", "shared", "profiles"],
          "additionalProperties": false,
          "properties": {
            "$schema": { "enum": ["https://www.speedscope.app/file-format-schema.json"] },
            "name": { "type": "string" },
            "exporter": { "type": "string" },
            "activeProfileIndex": { "type": "number" },
            "shared": {
              "type": "object",
              "required": ["frames"],
              "additionalProperties": false,
              "properties": {
                "frames": {
                  "type": "array",
                  "items": {
                    "type": "object",
                    "required": ["name"],
                    "additionalProperties": false,
                    "properties": { "name": { "type": "string" }, "file": { "type": "string" }, "line": { "type": "number" }, "col": { "type": "number" } }
                  }
                }
              }
            },
            "profiles": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["type", "name", "unit", "startValue", "endValue", "samples", "weights"],
                "additionalProperties": false,
                "properties": {
                  "type": { "enum": ["sampled"] },
                  "name": { "type": "string" },
                  "unit": { "enum": ["none", "nanoseconds", "microseconds", "milliseconds", "seconds", "bytes"] },
                  "startValue": { "type": "number" },
                  "endValue": { "type": "number" },
                  "samples": { "type": "array", "items": { "type": "array", "items": { "type": "number" } } },
                  "weights": { "type": "array", "items": { "type": "number" } }
                }
              }
            }
          }
        }
        """;

    [Fact]
    public async Task BothGraphsAreFilesOfSpeedscope()
    {
        JsonSchema schema = await JsonSchema.FromJsonAsync(Shape, TestContext.Current.CancellationToken);

        Assert.All([Growth(), Allocations()], graph => Assert.Empty((ICollection<ValidationError>)schema.Validate(Speedscope.Write(graph, "shop"))));
    }

    [Fact]
    public void TheWeightsOfTheSamplesAreAllBytes()
    {
        JsonNode file = JsonNode.Parse(Speedscope.Write(Growth(), "shop"))!;
        JsonNode profile = file["profiles"]![0]!;
        long[] weights = [.. profile["weights"]!.AsArray().Select(weight => (long)weight!)];

        // 40 MB of sessions and 3 MB of pages.
        Assert.Equal(43 * SampleReport.MB, weights.Sum());
        Assert.Equal(43 * SampleReport.MB, (long)profile["endValue"]!);
        Assert.Equal(weights.Length, profile["samples"]!.AsArray().Count);
        Assert.Equal("bytes", (string?)profile["unit"]);
    }

    [Fact]
    public void AStackBeginsAtItsRootAndItsFramesHaveLines()
    {
        JsonNode file = JsonNode.Parse(Speedscope.Write(Allocations(), "shop"))!;
        JsonArray frames = file["shared"]!["frames"]!.AsArray();
        string[] stack = [.. file["profiles"]![0]!["samples"]![0]!.AsArray().Select(frame => (string)frames[(int)frame!]!["name"]!)];

        Assert.Equal(["surviving allocations", "Shop.Program.<lambda>", "Shop.Cache.Open", "System.Collections.Generic.Dictionary<_, _>.Resize"], stack);
        JsonNode open = frames.Single(frame => (string?)frame!["name"] == "Shop.Cache.Open")!;
        Assert.Equal(("/src/Shop/Cache.cs", 61), ((string?)open["file"], (int)open["line"]!));
    }

    private static FlameGraph Growth() => GrowthFlame.Of(SampleReport.Heap()).Graph!;

    private static FlameGraph Allocations() => AllocationFlame.Of([SampleReport.Site("Shop.Cache.Open", 300)])!;
}
