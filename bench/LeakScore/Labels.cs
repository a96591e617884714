using System.Text.Json;

namespace HeapDrift.LeakScore;

/// <summary>labels.json: what is known of every program of the gallery.</summary>
internal static class Labels
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
    };

    public static IReadOnlyList<Label> Read()
    {
        using Stream stream = typeof(Labels).Assembly.GetManifestResourceStream("labels.json")!;
        return JsonSerializer.Deserialize<IReadOnlyList<Label>>(stream, Json)!;
    }
}
