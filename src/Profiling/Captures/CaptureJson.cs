using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using HeapDrift.Profiling.Diff;
using HeapDrift.Profiling.Heap;
using HeapDrift.Profiling.Reports;

namespace HeapDrift.Profiling.Captures;

/// <summary>How captures are written as JSON: camelCase members, kebab-case names of values, absent instead of null where a member is optional.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    Converters = [
        typeof(KebabCaseConverter<CaptureOutcome>),
        typeof(KebabCaseConverter<CapturePhase>),
        typeof(KebabCaseConverter<Verdict>),
        typeof(KebabCaseConverter<TriggerKind>),
        typeof(KebabCaseConverter<SnapshotRole>),
        typeof(KebabCaseConverter<FindingStatus>),
        typeof(KebabCaseConverter<TypeOrigin>),
        typeof(KebabCaseConverter<PathStepKind>),
    ])]
[JsonSerializable(typeof(CaptureReport))]
[JsonSerializable(typeof(CaptureProgress))]
[JsonSerializable(typeof(SnapshotDocument))]
[JsonSerializable(typeof(DiffDocument))]
[JsonSerializable(typeof(LeakMemory))]
internal sealed partial class CaptureJson : JsonSerializerContext
{
    /// <summary>One line.</summary>
    public static CaptureJson Compact => Instances.Compact;

    /// <summary>For files and terminals that a person reads too.</summary>
    public static CaptureJson Readable => Instances.Readable;

    /// <summary>Apart, because the generated <see cref="Default"/> must be there first.</summary>
    private static class Instances
    {
        public static readonly CaptureJson Compact = new(Configure(indented: false));
        public static readonly CaptureJson Readable = new(Configure(indented: true));

        private static JsonSerializerOptions Configure(bool indented) => new(Default.Options)
        {
            WriteIndented = indented,

            // Type names are full of < > and `; escaped they could not be searched for with grep.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
    }
}

/// <summary>An enum as <c>worker-exited</c>, refused when the name is unknown.</summary>
internal sealed class KebabCaseConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
