using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace HeapDrift.Collector.Web;

/// <summary>The documents that only the web interface has.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(WorkerDocument[]))]
[JsonSerializable(typeof(ProblemDocument))]
internal sealed partial class WebJson : JsonSerializerContext
{
    public static WebJson Readable => Instances.Readable;

    /// <summary>Apart, because the generated <see cref="Default"/> must be there first.</summary>
    private static class Instances
    {
        public static readonly WebJson Readable = new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }
}

/// <summary>Why a request was not fulfilled.</summary>
/// <param name="Error">One sentence.</param>
internal sealed record ProblemDocument(string Error);
