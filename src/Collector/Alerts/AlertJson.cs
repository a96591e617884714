using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using HeapDrift.Profiling.Captures;

namespace HeapDrift.Collector.Alerts;

/// <summary>The answer to a notification.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(KebabCaseConverter<AlertOutcomeKind>)])]
[JsonSerializable(typeof(AlertAnswer))]
[JsonSerializable(typeof(SeenAlert[]))]
internal sealed partial class AlertJson : JsonSerializerContext
{
    public static AlertJson Readable => Instances.Readable;

    /// <summary>Apart, because the generated <see cref="Default"/> must be there first.</summary>
    private static class Instances
    {
        public static readonly AlertJson Readable = new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }
}
