using HeapDrift.Profiling.Proc;

namespace HeapDrift.Profiling.Tests.Proc;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("/app/shop|--password=a/b")]
    [InlineData("shop")]
    [InlineData("./shop|/app/other.dll")]
    [InlineData("/my app/shop|--port|80")]
    [InlineData("dotnet|shop.dll")]
    [InlineData("/usr/bin/dotnet|/app/shop.dll|--password|secret.dll")]
    [InlineData("dotnet|exec|/app/shop.dll")]
    [InlineData("dotnet|exec|--depsfile|/app/other.dll|--runtimeconfig|x.json|/app/shop.dll|other.dll")]
    [InlineData("dotnet|--roll-forward|Major|shop.dll")]
    [InlineData("dotnet|--unknown-switch|shop.dll")]
    [InlineData("dotnet|shop.exe")]
    [InlineData("shop: worker [http://user:secret@host/a]")]
    [InlineData("shop --password=a/b")]
    [InlineData("shop: worker||||")]
    public void ProgramIsNamedWithoutItsArguments(string arguments) =>
        Assert.Equal("shop", CommandLine.ParseProgramName(Joined(arguments)));

    [Theory]
    [InlineData("dotnet")]
    [InlineData("dotnet|build|secret.csproj")]
    [InlineData("dotnet|run|--project|secret.dll")]
    [InlineData("dotnet|exec|--depsfile")]
    [InlineData("dotnet|--info")]
    public void CommandOfTheSdkIsNamedAfterTheHost(string arguments) =>
        Assert.Equal("dotnet", CommandLine.ParseProgramName(Joined(arguments)));

    [Fact]
    public void DotsInsideTheAssemblyNameStay() =>
        Assert.Equal("Contoso.Shop.Web", CommandLine.ParseProgramName("dotnet\0/app/Contoso.Shop.Web.dll\0"));

    [Theory]
    [InlineData("")]
    [InlineData("\0\0")]
    [InlineData("/")]
    public void ProcessWithoutCommandLineHasNoName(string text) => Assert.Null(CommandLine.ParseProgramName(text));

    private static string Joined(string? arguments) => $"{arguments}\0".Replace('|', '\0');
}
