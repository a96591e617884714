using System.Text.Json.Nodes;
using HeapDrift.TestKit;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace HeapDrift.EndToEnd.Tests.Deployment;

/// <summary>A YAML file of the repository as a tree: mappings, sequences, and every scalar as its text. Anchors and merges are followed.</summary>
internal static class ShippedYaml
{
    public static JsonNode Load(params string[] path) => Parse(File.ReadAllText(RepositoryPaths.File(path)));

    /// <exception cref="YamlException">It is none, or a key comes twice.</exception>
    public static JsonNode Parse(string text)
    {
        // What overrides a merged key is no mistake, what comes twice in one place is.
        _ = new DeserializerBuilder().WithDuplicateKeyChecking().Build().Deserialize(text);
        return ToNode(new DeserializerBuilder().Build().Deserialize(new MergingParser(new Parser(new StringReader(text)))))!;
    }

    /// <summary>The scalars of a sequence; none where there is no sequence.</summary>
    public static string[] Texts(this JsonNode? sequence) => [.. (sequence?.AsArray() ?? []).Select(item => (string)item!)];

    private static JsonNode? ToNode(object? value) => value switch
    {
        null => null,
        IDictionary<object, object> mapping => new JsonObject(mapping.Select(entry => KeyValuePair.Create((string)entry.Key, ToNode(entry.Value)))),
        IEnumerable<object> sequence => new JsonArray([.. sequence.Select(ToNode)]),
        _ => JsonValue.Create((string)value),
    };
}
