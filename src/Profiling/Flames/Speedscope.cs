using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace HeapDrift.Profiling.Flames;

/// <summary>
/// A flame graph as a file of speedscope, which other viewers open too: a sampled profile with one sample for each box that has bytes of its own,
/// the root of its stack first. Schema: https://www.speedscope.app/file-format-schema.json.
/// </summary>
internal static class Speedscope
{
    private const string Schema = "https://www.speedscope.app/file-format-schema.json";

    public static string Write(FlameGraph graph, string name)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            var frames = new Dictionary<FlameFrame, int>();
            List<(int[] Stack, long Bytes)> samples = [];
            Collect(graph.Root, [], frames, samples);
            json.WriteStartObject();
            json.WriteString("$schema", Schema);
            json.WriteString("name", name);
            json.WriteString("exporter", "heapdrift");
            json.WriteNumber("activeProfileIndex", 0);
            WriteFrames(json, frames);
            WriteProfile(json, name, samples);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Depth is at most <see cref="Limits.FlameDepth"/>.</summary>
    private static void Collect(FlameNode node, int[] callers, Dictionary<FlameFrame, int> frames, List<(int[] Stack, long Bytes)> samples)
    {
        if (!frames.TryGetValue(node.Frame, out int frame))
        {
            frames[node.Frame] = frame = frames.Count;
        }

        int[] stack = [.. callers, frame];
        if (node.RestBytes > 0)
        {
            samples.Add((stack, node.RestBytes));
        }

        foreach (FlameNode child in node.Children)
        {
            Collect(child, stack, frames, samples);
        }
    }

    private static void WriteFrames(Utf8JsonWriter json, Dictionary<FlameFrame, int> frames)
    {
        json.WriteStartObject("shared");
        json.WriteStartArray("frames");
        foreach (FlameFrame frame in frames.OrderBy(frame => frame.Value).Select(frame => frame.Key))
        {
            json.WriteStartObject();
            json.WriteString("name", frame.Name);
            if (frame.File is { } file)
            {
                json.WriteString("file", file);
            }

            if (frame.Line is { } line)
            {
                json.WriteNumber("line", line);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteProfile(Utf8JsonWriter json, string name, List<(int[] Stack, long Bytes)> samples)
    {
        json.WriteStartArray("profiles");
        json.WriteStartObject();
        json.WriteString("type", "sampled");
        json.WriteString("name", name);
        json.WriteString("unit", "bytes");
        json.WriteNumber("startValue", 0);
        json.WriteNumber("endValue", samples.Sum(sample => sample.Bytes));
        json.WriteStartArray("samples");
        foreach ((int[] stack, _) in samples)
        {
            json.WriteStartArray();
            Array.ForEach(stack, json.WriteNumberValue);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteStartArray("weights");
        samples.ForEach(sample => json.WriteNumberValue(sample.Bytes));
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    }
}
