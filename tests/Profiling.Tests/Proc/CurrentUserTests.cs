using HeapDrift.Profiling.Proc;

namespace HeapDrift.Profiling.Tests.Proc;

public sealed class CurrentUserTests
{
    [Theory]
    [InlineData("ada", 1000, "ada")]
    [InlineData("", 54321, "54321")]
    public void NamelessUsersAreToldApartByTheirNumber(string name, int uid, string expected) =>
        Assert.Equal(expected, CurrentUser.NameOr(name, () => (uint)uid));
}
