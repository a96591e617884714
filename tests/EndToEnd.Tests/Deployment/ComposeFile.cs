using System.Text.Json.Nodes;
using HeapDrift.TestKit;

namespace HeapDrift.EndToEnd.Tests.Deployment;

/// <summary>docker-compose.yml, as far as the tests ask.</summary>
internal sealed class ComposeFile
{
    private ComposeFile(JsonNode root) => Root = root;

    public static ComposeFile Shipped { get; } = new(ShippedYaml.Load("docker-compose.yml"));

    public JsonNode Root { get; }

    public IEnumerable<KeyValuePair<string, JsonNode?>> Services => Root["services"]!.AsObject();

    public JsonNode Service(string name) => Root["services"]![name]!;

    /// <summary>What a service mounts: a file of the repository by its path from the root, or a volume by its name; and where.</summary>
    public static IEnumerable<(string Source, string Target)> Mounts(JsonNode service) =>
        service["volumes"].Texts().Select(mount => mount.Split(':')).Select(parts => (parts[0], parts[1]));

    /// <summary>Copies the files that a service finds in one of its folders to another folder, as the container would see it.</summary>
    public void CopyMounted(string service, string folder, string destination)
    {
        foreach ((string source, string target) in Mounts(Service(service)).Where(mount => Path.GetDirectoryName(mount.Target) == folder))
        {
            File.Copy(RepositoryPaths.File(source), Path.Join(destination, Path.GetFileName(target)));
        }
    }
}
