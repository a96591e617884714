using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using HeapDrift.TestKit;

namespace HeapDrift.EndToEnd.Tests.Deployment;

/// <summary>The images without a Docker engine: what they start is what the build puts there.</summary>
public sealed partial class DockerfileTests
{
    private static readonly string Text = File.ReadAllText(RepositoryPaths.File("deploy", "docker", "Dockerfile"));

    [Fact]
    public void BaseImagesHaveAVersionAndTheSdkIsOneThatTheRepositoryAccepts()
    {
        string[] bases = [.. Bases().Matches(Text).Select(match => match.Groups[1].Value)];
        var sdk = Version.Parse(bases.Single(image => image.StartsWith("dotnet/sdk:", StringComparison.Ordinal)).Split(':')[1]);
        JsonNode global = JsonNode.Parse(File.ReadAllText(RepositoryPaths.File("global.json")))!;

        Assert.Equal(3, bases.Length);
        Assert.All(bases, image => Assert.Matches(@"^dotnet/(sdk|aspnet):\d+\.\d+\.\d+$", image));
        Assert.True(sdk >= Version.Parse((string)global["sdk"]!["version"]!), $"global.json does not accept SDK {sdk}");
    }

    [Fact]
    public void WhatIsStartedIsCopiedThereFromTheBuild()
    {
        Dictionary<string, string> copies = Copies().Matches(Text).ToDictionary(match => match.Groups[2].Value, match => match.Groups[1].Value);

        Assert.Equal(["/opt/heapdrift", "/opt/shop", "/opt/shop/heapdrift"], copies.Keys.Order(StringComparer.Ordinal));
        Assert.All(EntryPoints().Matches(Text), match =>
            Assert.True(File.Exists(Path.Join(RepositoryPaths.Output(copies[Path.GetDirectoryName(match.Groups[1].Value)!]), Path.GetFileName(match.Groups[1].Value))), match.Value));

        // Where the package looks for it: in a folder of that name beside the service.
        Assert.True(File.Exists(Path.Join(RepositoryPaths.Output(copies["/opt/shop/heapdrift"]), "heapdrift")));
    }

    [Fact]
    public void StagesEndAsAnOrdinaryUserAndAreThoseOfTheComposeFile()
    {
        string[] stages = Text.Split("\nFROM ")[1..];

        Assert.Equal(["shop", "agent"], stages[^2..].Select(stage => stage.Split('\n')[0].Split(' ')[^1]));
        Assert.All(stages[^2..], stage => Assert.Contains("\nUSER $APP_UID\n", stage, StringComparison.Ordinal));
        Assert.Equal("shop", (string)ComposeFile.Shipped.Service("shop")["build"]!["target"]!);
        Assert.Equal("agent", (string)ComposeFile.Shipped.Service("agent")["build"]!["target"]!);
    }

    [GeneratedRegex(@"^FROM mcr\.microsoft\.com/(\S+)", RegexOptions.Multiline)]
    private static partial Regex Bases();

    [GeneratedRegex(@"^COPY --from=build /source/artifacts/bin/(\w+)/release (\S+)$", RegexOptions.Multiline)]
    private static partial Regex Copies();

    [GeneratedRegex(@"^ENTRYPOINT \[""([^""]+)""", RegexOptions.Multiline)]
    private static partial Regex EntryPoints();
}
