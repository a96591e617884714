using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Diff;
using HeapDrift.Profiling.Reports;

namespace HeapDrift.Collector.Admission;

/// <summary>The documents of the agent beside the reports, in the reports' spelling.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    Converters = [
        typeof(KebabCaseConverter<CaptureAnswerKind>),
        typeof(KebabCaseConverter<CaptureOutcome>),
        typeof(KebabCaseConverter<CaptureState>),
        typeof(KebabCaseConverter<TriggerKind>),
        typeof(KebabCaseConverter<Verdict>),
    ])]
[JsonSerializable(typeof(CaptureBooks))]
[JsonSerializable(typeof(CaptureAnswer))]
[JsonSerializable(typeof(CaptureLine[]))]
internal sealed partial class AgentJson : JsonSerializerContext
{
    /// <summary>Names of types are full of &lt; and &gt;, which stay readable.</summary>
    public static AgentJson Readable => Instances.Readable;

    /// <summary>Apart, because the generated <see cref="Default"/> must be there first.</summary>
    private static class Instances
    {
        public static readonly AgentJson Readable = new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }
}
